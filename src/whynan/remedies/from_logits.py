"""Compute the cross-entropy from logits."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, codes

TITLE = "Compute the cross-entropy from logits"
EFFECT = "changes results"
_LOSSES = {
    "binary_crossentropy": "BinaryCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
}


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """The last activation goes, and the loss takes logits."""
    for code in codes(evidence):
        keras = code.module("keras")
        layers = code.calls(["Dense"])
        ends = [k for c in layers[-1:] for k in c.keywords if k.arg == "activation"]
        strings = [n for c in code.calls(["compile"]) for n in code.walk(ast.Constant, c) if n.value in _LOSSES]
        if keras and ends and strings:
            code.replace(ends[0].value, "None")
            code.replace(strings[0], f"{keras}.losses.{_LOSSES[str(strings[0].value)]}(from_logits=True)")
            return code.patch(TITLE)
    return []
