"""Standardise the inputs before training."""

from __future__ import annotations

import ast
import math

from whynan.case.nouns import Cause, Evidence, is_target
from whynan.remedies._model import keras_name
from whynan.remedies._patch import Call, Patch, codes
from whynan.remedies._training import container, scaled_dataset, standardise, training_data

TITLE = "Standardise the inputs before training"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Subtract the mean and divide by the spread, above the line that starts training; token ids stay as they are."""
    return [*_arrays(evidence), *scaled_dataset(evidence, "x", TITLE)] or _inside(evidence)


def _inside(evidence: Evidence) -> list[Patch]:
    """Where the source shows no data, the model divides its input by the largest value before its first layer."""
    batch = [a for a in evidence.data if a.role == "batch" and not is_target(a.name)]
    sizes = [max(abs(a.low or 0.0), abs(a.high or 0.0)) for a in batch]
    sizes = [size for size in sizes if math.isfinite(size) and size > 20]
    for code in codes(evidence):
        layers = keras_name(code, "layers")
        if not layers or not sizes:
            continue
        scaling = f"{layers}.Rescaling({1 / max(sizes):.3g})"
        for start in code.calls(["Input"]):
            listed, made = code.parents[start], code.statement(start)
            if isinstance(listed, ast.List):
                code.wrap(start, "", f", {scaling}")
            elif isinstance(made, ast.Assign) and isinstance(made.targets[0], ast.Name):
                for layer in [c for c in code.walk(Call, code.scope(start)) if isinstance(c.func, Call)]:
                    for given in layer.args:
                        if isinstance(given, ast.Name) and given.id == made.targets[0].id:
                            code.wrap(given, f"{scaling}(", ")")
        if code.edits:
            return code.patch("Divide the inputs by their largest value, in the model's first layer")
    return []


def _arrays(evidence: Evidence) -> list[Patch]:
    data = training_data(evidence, "x")
    facts = [a for a in evidence.data if a.name in ("fit x", "x")]
    embeds = any(layer.type == "Embedding" for layer in evidence.model.layers)
    if data is None or (embeds and container(data) == "array" and all(a.integral for a in facts)):
        return []
    standardise(data, "x", whole=any("int" in a.dtype for a in facts), floats_only=embeds)
    return data.code.patch(TITLE)
