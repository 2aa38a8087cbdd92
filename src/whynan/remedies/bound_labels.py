"""Bring the targets into the domain of the loss."""

from __future__ import annotations

import ast
import math

from whynan.case.nouns import ArrayFacts, Cause, Evidence
from whynan.remedies._model import output_units
from whynan.remedies._patch import Patch, codes
from whynan.remedies._training import mapped_dataset, takes_arrays, training_data

TITLE = "Bring the targets into the domain of the loss"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Rescale the targets to 0..1; targets on the boundary move inside."""
    if evidence.model.label_smoothing > 1:
        return _smoothing(evidence)
    data = training_data(evidence, "y")
    facts = next((f for f in evidence.data if f.name == "fit y"), None) or next(
        (f for f in evidence.data if f.name == "y"), None
    )
    batch = next((f for f in evidence.data if f.name == "y" and f.role == "batch"), None)
    if batch is not None and not takes_arrays(evidence) and _overshoots(batch):
        return mapped_dataset(evidence, "y", "Clip the targets to 0..1", "clip", "(", ", 0.0, 1.0)")
    unit = cause.slug == "label_not_in_unit_interval" and data is None
    pixels = batch is not None and batch.bytes and not takes_arrays(evidence)
    if batch is not None and (unit or pixels) and (whole := _scale(batch)):
        return mapped_dataset(evidence, "y", f"Divide the targets by {whole:g}", "", "(", f") / {whole:.1f}")
    if data is None or facts is None or facts.low is None or facts.high is None or facts.high <= facts.low:
        return []
    if facts.integral and (facts.low, facts.high) == (0.0, 1.0):
        return []  # the two classes lie on the edge by nature: another loss is right for them
    if facts.integral and (output_units(evidence) or 1) > 1 and math.prod(facts.shape[1:]) == 1:
        return []  # class ids have no scale
    np = data.code.module("numpy")
    if np is not None and _mixed(facts):
        name, lines = data.name("y")
        lines.append(f"{name} = {np}.where({name} > 1, {name} / 100, {name})")
        data.code.before(data.statement, *lines)
        return data.code.patch("Divide the targets that are given in per cent by 100")
    name, lines = data.name("y")
    low, width = facts.low, facts.high - facts.low
    bottom = _edge(facts, cause)
    if bottom is not None:
        if np is None:
            return []
        lines.append(f"{name} = {np}.clip({name}, {bottom}, 1.0 - 1e-3)")
    else:
        lines.append(f"{name} = ({name} - {low:g}) / {width:g}" if low else f"{name} = {name} / {width:g}")
    data.code.before(data.statement, *lines)
    return data.code.patch(TITLE)


def _smoothing(evidence: Evidence) -> list[Patch]:
    """A label_smoothing that was given in per cent."""
    for code in codes(evidence):
        for keyword in (k for call in code.walk(ast.Call) for k in call.keywords if k.arg == "label_smoothing"):
            code.replace(keyword.value, f"{code.operand(keyword.value)} / 100")
        if code.edits:
            return code.patch("Give label_smoothing as a share, not in per cent")
    return []


def _overshoots(facts: ArrayFacts) -> bool:
    """Whether targets that were meant to lie in 0..1 go a little beyond it, as an interpolation does."""
    if facts.low is None or facts.high is None or facts.integral:
        return False
    return facts.low >= -0.5 and facts.high <= 1.5 and (facts.low < 0 or facts.high > 1)


def _mixed(facts: ArrayFacts) -> bool:
    """Whether most targets are shares, and some are given in per cent."""
    if facts.integral or facts.low is None or facts.high is None or facts.mean is None:
        return False
    return 0 <= facts.low < 0.5 and 2 < facts.high <= 100 and facts.mean < 0.1 * facts.high


def _scale(facts: ArrayFacts) -> float | None:
    """The end of the scale that a batch of targets from 0 on was written on: bytes, per cent, or its own largest."""
    if facts.low is None or facts.high is None or facts.low < 0 or facts.high <= 1.5:
        return None
    if facts.bytes:
        return 255.0
    return 100.0 if facts.integral and 10 < facts.high <= 100 else facts.high


def _edge(facts: ArrayFacts, cause: Cause) -> str | None:
    """The lower bound just inside the domain that the targets fill already: (0, 1), or (-1, 1) for atanh and the like."""
    if facts.low is None or facts.high is None or facts.high > 1.0 or facts.low < -1.0:
        return None
    if facts.low >= 0.0:
        return "1e-3"
    return "-1.0 + 1e-3" if cause.slug == "label_on_boundary" else None
