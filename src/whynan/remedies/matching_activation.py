"""Give the last layer the activation that the loss expects."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._literals import literal
from whynan.remedies._model import output_layer, set_activation, units
from whynan.remedies._patch import Code, Patch, guilty, number

TITLE = "Give the last layer the activation that the loss expects"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Sigmoid, softmax or softplus on the last Dense layer, by the loss; in a loss written by hand, on its argument."""
    by_hand = _sigmoid_in_loss(evidence)
    found = output_layer(evidence)
    if found is None:
        return by_hand
    code, layer = found
    named = cause.slug == "wrong_loss_for_activation"
    if named and not _bounded(evidence):
        set_activation(code, layer, None)
        return code.patch("Give the last layer no activation, so that it reaches the targets")
    wanted = _wanted(evidence, number(literal(code, units(layer))), guess=bool(by_hand) or named)
    if wanted is None:
        return []
    set_activation(code, layer, wanted)
    return code.patch(f"Give the last layer a {wanted} activation")


def _bounded(evidence: Evidence) -> bool:
    """Whether the loss is one of probabilities or rates, which numbers without bounds do not fit."""
    loss = (evidence.model.loss or "").lower()
    logarithm = evidence.origin is not None and evidence.origin.op == "Log" and not loss
    return logarithm or any(word in loss for word in ("cross", "entropy", "poisson", "logarithmic", "kl", "hinge"))


def _wanted(evidence: Evidence, size: float | None, *, guess: bool) -> str | None:
    """The activation for the loss by its name; `guess` where the loss is known to want probabilities."""
    loss = (evidence.model.loss or "").lower()
    if "poisson" in loss or "log" in loss:
        return "softplus"
    if "categorical" in loss and size != 1:
        return "softmax"
    return "sigmoid" if guess or "crossentropy" in loss else None


def _sigmoid_in_loss(evidence: Evidence) -> list[Patch]:
    """`y * log(p) + (1 - y) * log(1 - p)` with `p` an argument of the function: it becomes a probability first."""
    found = guilty(evidence)
    if found is None:
        return []
    code, node = found
    tf, scope = code.module("tensorflow"), code.scope(node)
    if not tf or not isinstance(scope, ast.FunctionDef):
        return []
    for parameter in scope.args.args:
        if _has_both_logs(code, scope, parameter.arg):
            code.before(_first(scope), f"{parameter.arg} = {tf}.sigmoid({parameter.arg})")
            return code.patch("Turn the prediction into a probability with a sigmoid")
    return []


def _has_both_logs(code: Code, scope: ast.FunctionDef, name: str) -> bool:
    texts = [code.of(c.args[0]).replace(" ", "") for c in code.calls(["log"], scope) if c.args]
    return name in texts and any(t in (f"1-{name}", f"1.0-{name}", f"1.-{name}") for t in texts)


def _first(scope: ast.FunctionDef) -> ast.stmt:
    """The first statement that is no docstring."""
    documented = ast.get_docstring(scope, clean=False) is not None and len(scope.body) > 1
    return scope.body[1 if documented else 0]
