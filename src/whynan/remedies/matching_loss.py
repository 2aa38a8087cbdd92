"""Use a loss that fits the targets, with the output that it expects."""

from __future__ import annotations

import ast

from whynan.case.nouns import ArrayFacts, Cause, Evidence, is_target
from whynan.remedies._model import (
    compiled_losses,
    keras_name,
    output_facts,
    output_layer,
    set_activation,
    target_facts,
)
from whynan.remedies._patch import Call, Code, Patch, codes, guilty, name_of

TITLE = "Use a loss that fits the targets, with the output that it expects"
EFFECT = "changes results"
_ACTIVATION = {
    "mean_squared_error": None,
    "binary_crossentropy": "sigmoid",
    "categorical_crossentropy": "softmax",
    "sparse_categorical_crossentropy": "softmax",
}
_LOSS_CALLS = (
    *_ACTIVATION,
    "sigmoid_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits",
    "sparse_softmax_cross_entropy_with_logits",
    "poisson",
    "log_poisson_loss",
    "mean_squared_logarithmic_error",
)


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Squared error for numbers, a cross-entropy for 0/1 labels and classes: in compile, else where the loop calls it."""
    loss = _fitting(target_facts(evidence), evidence)
    if loss is None:
        return []
    layer = output_layer(evidence)
    for code in [layer[0]] if layer is not None else codes(evidence):
        if _compiled(evidence, code, loss) or _called(evidence, code, loss):
            if layer is not None:
                set_activation(code, layer[1], _ACTIVATION[loss])
            return code.patch(f"Use {loss}, which fits the targets")
    return []


def _fitting(facts: ArrayFacts | None, evidence: Evidence) -> str | None:
    """The loss for targets of this kind."""
    if facts is None or facts.low is None or facts.high is None:
        return None
    outputs = output_facts(evidence)
    size = (outputs.units if outputs is not None else None) or 1
    wide = len(facts.shape) > 1 and facts.shape[-1] > 1
    if facts.integral and facts.low >= 0 and facts.high <= 1:
        one_hot = wide and facts.mean is not None and abs(facts.mean * facts.shape[-1] - 1) < 1e-3
        return (
            "categorical_crossentropy"
            if one_hot
            else "binary_crossentropy"
            if wide or size == 1
            else ("sparse_categorical_crossentropy")
        )
    if facts.integral and not wide and facts.low >= 0 and size > 1 and facts.high < size:
        return "sparse_categorical_crossentropy"
    return "mean_squared_error"


def _compiled(evidence: Evidence, code: Code, loss: str) -> bool:
    nodes = list(compiled_losses(evidence, code))
    for node in nodes:
        code.replace(node, f'"{loss}"')
    return bool(nodes)


def _called(evidence: Evidence, code: Code, loss: str) -> bool:
    """In a loop: the call of the user's loss function, or of a library loss."""
    losses = keras_name(code, "losses")
    found = guilty(evidence)
    scope = found[0].scope(found[1]) if found is not None and found[0].file == code.file else None
    own = [d for d in code.walk(ast.FunctionDef) if isinstance(scope, ast.FunctionDef) and d.name == scope.name]
    own = [d for d in own if not code.calls(["GradientTape"], d)]  # a training step is no loss
    order = [is_target(a.arg) for a in own[0].args.args] if own else []
    calls = [c for c in code.walk(Call) if own and name_of(c.func) == own[0].name and len(c.args) == len(order) == 2]
    calls = calls or [c for c in code.walk(Call) if name_of(c.func) in _LOSS_CALLS]
    pairs = [(c, pair) for c in calls if (pair := _pair(c, swapped=order == [False, True])) is not None]
    if losses is None:
        return False
    for call, pair in pairs:
        true, predicted = (code.of(n) for n in pair)
        # a loss by element is reduced by the code around it, which another shape would change
        by_element = loss == "mean_squared_error" and name_of(call.func) == "sigmoid_cross_entropy_with_logits"
        name = f"{code.module('tensorflow')}.math.squared_difference" if by_element else f"{losses}.{loss}"
        code.replace(call, f"{name}({true}, {predicted})")
    return bool(pairs)


def _pair(call: Call, *, swapped: bool) -> tuple[ast.expr, ast.expr] | None:
    """The targets and the predictions that a loss is called with."""
    by_name = {k.arg: k.value for k in call.keywords}
    if "labels" in by_name and "logits" in by_name:
        return by_name["labels"], by_name["logits"]
    if len(call.args) < 2:
        return None
    return (call.args[1], call.args[0]) if swapped else (call.args[0], call.args[1])
