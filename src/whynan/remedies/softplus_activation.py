"""Use softplus in place of the exponential as an activation."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Code, Patch, codes

TITLE = "Use softplus in place of the exponential activation"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Softplus is positive and grows as its argument does. It takes the place of "exponential", by name or as a function,
    in the layers and in the settings that they are built from."""
    layer = evidence.guilty_layer()
    if layer is None or layer.activation != "exponential":
        return []
    for code in codes(evidence):
        for node in code.walk(ast.Constant):
            if node.value == "exponential":
                code.replace(node, '"softplus"')
        for keyword in code.walk(ast.keyword):
            if keyword.arg == "activation":
                _function(code, keyword.value)
        for call in code.calls(["Activation"]):
            _function(code, *call.args[:1])
        if code.edits:
            return code.patch(TITLE)
    return []


def _function(code: Code, *given: ast.expr) -> None:
    for node in given:
        if isinstance(node, ast.Attribute) and node.attr in ("exponential", "exp"):
            code.replace(node, '"softplus"')
