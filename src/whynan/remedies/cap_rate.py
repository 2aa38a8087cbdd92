"""Cap the learning rate that the script sets while it trains."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._optimizer import optimizer_calls
from whynan.remedies._patch import Code, Patch, argument, codes, name_of

TITLE = "Cap the learning rate that the script sets while it trains"
EFFECT = "changes results"
_RATES = ("learning_rate", "lr")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`optimizer.learning_rate = rate` becomes `min(rate, cap)`, and so does what a LearningRateScheduler calls.

    The caps are far below the rate of the failure.
    """
    rate = evidence.model.learning_rate
    if rate is None or not 0.0 < rate < float("inf"):
        return []
    return [patch for factor in (100, 1000, 10_000) for patch in _capped(evidence, f"{rate / factor:.0e}")]


def _capped(evidence: Evidence, cap: str) -> list[Patch]:
    for code in codes(evidence):
        for value in _set(code, evidence):
            if not isinstance(value, ast.Constant):
                code.wrap(value, "min(", f", {cap})")
        for call in code.calls(["LearningRateScheduler"]):
            schedule = argument(call, 0, "schedule")
            if schedule is not None:
                code.replace(schedule, f"lambda *now: min({code.operand(schedule)}(*now), {cap})")
        if code.edits:
            return code.patch(f"Cap the learning rate at {cap}")
    return []


def _set(code: Code, evidence: Evidence) -> list[ast.expr]:
    """What the rate of an optimizer is set to, by assignment or by a call."""
    found = [a.value for a in code.walk(ast.Assign) if any(_is_rate(t) for t in a.targets)]
    for call in code.calls(["assign", "set_value"]):
        if name_of(call.func) == "assign" and isinstance(call.func, ast.Attribute) and _is_rate(call.func.value):
            found += call.args[:1]
        elif call.args and _is_rate(call.args[0]):
            value = argument(call, 1, "value")
            found += [value] if value is not None else []
    return [*found, *_grown(code, evidence)]


def _grown(code: Code, evidence: Evidence) -> list[ast.expr]:
    """The rate of an optimizer that is made anew in a loop which changes that rate: `rate *= 2`."""
    found: list[ast.expr] = []
    for call in optimizer_calls(code, evidence):
        rate, loop = argument(call, 0, "learning_rate", "lr"), code.up(call, (ast.For, ast.While))
        if isinstance(rate, ast.Name) and loop is not None:
            changed: list[ast.expr] = [a.target for a in code.walk(ast.AugAssign, loop)]
            changed += [t for a in code.walk(ast.Assign, loop) for t in a.targets]
            found += [rate] if any(code.of(t) == rate.id for t in changed) else []
    return found


def _is_rate(node: ast.expr) -> bool:
    """`model.optimizer.learning_rate`, `opt.lr`: an attribute of an optimizer."""
    return isinstance(node, ast.Attribute) and node.attr in _RATES and name_of(node.value).lower().startswith("opt")
