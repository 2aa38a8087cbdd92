"""Compute the cross-entropy from logits."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._model import activation, compiled_losses, keras_name, output_layer, set_activation
from whynan.remedies._patch import Call, Code, Patch, codes, name_of, open_code

TITLE = "Compute the cross-entropy from logits"
EFFECT = "changes results"
_LOSSES = {
    "binary_crossentropy": "BinaryCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
}
_ENDS = ("sigmoid", "softmax")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """The last activation goes, and the loss takes logits."""
    for source in codes(evidence):
        code = open_code(evidence, source.file)
        if code is not None and _plain_outputs(evidence, code) and _logit_loss(evidence, code):
            return code.patch(TITLE)
    return []


def _plain_outputs(evidence: Evidence, code: Code) -> bool:
    """Take the sigmoid or softmax away, on the last Dense layer or as a layer of its own."""
    found = output_layer(evidence)
    if found is not None and found[0].file == code.file:
        layer = next(c for c in code.calls(["Dense"]) if code.range(c) == found[0].range(found[1]))
        if activation(code, layer) in _ENDS:
            set_activation(code, layer, None)
            return True
    for call in code.calls(["Activation"])[-1:]:
        if call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value in _ENDS:
            code.replace(call.args[0], '"linear"')
            return True
    return False


def _logit_loss(evidence: Evidence, code: Code) -> bool:
    """Tell the loss of compile, or the one that the loop calls, that it gets logits."""
    losses = keras_name(code, "losses")
    for node in compiled_losses(evidence, code):
        if isinstance(node, ast.Constant) and node.value in _LOSSES and losses:
            code.replace(node, f"{losses}.{_LOSSES[str(node.value)]}(from_logits=True)")
            return True
    calls = [c for c in code.walk(Call) if name_of(c.func) in (*_LOSSES, *_LOSSES.values())]
    for call in calls:
        old = next((k for k in call.keywords if k.arg == "from_logits"), None)
        if old is not None:
            code.replace(old.value, "True")
        else:
            code.add_argument(call, "from_logits=True")
    return bool(calls)
