"""Normalise with the library's function, which is finite at the zero vector."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Code, Patch, argument, guilty, name_of

TITLE = "Normalise with the library's function, which is finite at the zero vector"
EFFECT = "safe"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`v / norm(v)` becomes `l2_normalize(v)`, and so does every other one in the function."""
    found = guilty(evidence)
    if found is None:
        return []
    code, node = found
    scope = code.scope(node)
    place = code.statement(node) if scope is code.tree else scope
    here = {new for n in code.walk(ast.BinOp, code.statement(node)) if (new := _normalised(code, n)) is not None}
    for division in code.walk(ast.BinOp, place) if here else []:
        new = _normalised(code, division)
        if new is not None:
            code.replace(division, new)
    return code.patch(TITLE)


def _normalised(code: Code, node: ast.BinOp) -> str | None:
    tf, norm = code.module("tensorflow"), node.right
    if tf is None or not isinstance(node.op, ast.Div) or not isinstance(norm, ast.Call) or name_of(norm.func) != "norm":
        return None
    vector, axis, kept = argument(norm, 0, "tensor"), argument(norm, 2, "axis"), argument(norm, 3, "keepdims")
    whole = axis is None or (isinstance(axis, ast.Constant) and axis.value is None)
    if vector is None or argument(norm, 1, "ord") is not None or not code.of(norm.func).startswith(f"{tf}."):
        return None
    if code.of(vector) != code.of(node.left) or not (whole or (isinstance(kept, ast.Constant) and kept.value is True)):
        return None
    rest = "" if axis is None or whole else f", axis={code.of(axis)}"
    return f"{tf}.math.l2_normalize({code.of(vector)}{rest})"
