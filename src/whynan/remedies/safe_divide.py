"""Divide without NaN where the denominator is 0."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Code, Patch, eps_of, guilty

TITLE = "Divide without NaN where the denominator is 0"
EFFECT = "safe"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`divide_no_nan` in TensorFlow code; else a small number added to the denominator."""
    found: list[Patch] = []
    plain = guilty(evidence)
    tf = plain[0].module("tensorflow") if plain else None
    if tf and plain and "np." not in plain[0].of(plain[1]):
        for code, parts in _division(evidence):
            code.replace(parts[0], f"{tf}.math.divide_no_nan({code.of(parts[1])}, {code.of(parts[2])})")
            found += code.patch(TITLE)
    for code, parts in _division(evidence):
        code.wrap(parts[2], "(", f" + {eps_of(evidence)})")
        found += code.patch("Add a small epsilon to the denominator")
    return found


def _division(evidence: Evidence) -> list[tuple[Code, tuple[ast.expr, ast.expr, ast.expr]]]:
    here = guilty(evidence)
    if here is None:
        return []
    code, node = here
    inside = [node] if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) else []
    divisions = inside or [n for n in code.walk(ast.BinOp, code.statement(node)) if isinstance(n.op, ast.Div)]
    for n in divisions:
        if not isinstance(n.right, ast.Constant):
            return [(code, (n, n.left, n.right))]
    for call in code.calls(["divide"], node):
        if len(call.args) == 2:
            return [(code, (call, call.args[0], call.args[1]))]
    return []
