"""Keep the base of the power above a small epsilon."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, eps_of, guilty

TITLE = "Keep the base of the power above a small epsilon"
EFFECT = "safe"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`x ** p` becomes `maximum(x, eps) ** p`."""
    found = guilty(evidence)
    if found is None:
        return []
    code, node = found
    math = code.math()
    for power in [n for n in code.walk(ast.BinOp, code.statement(node)) if isinstance(n.op, ast.Pow)]:
        if math and (power is node or not isinstance(node, ast.BinOp)) and not isinstance(power.left, ast.Constant):
            code.replace(power.left, f"{math.maximum}({code.of(power.left)}, {eps_of(evidence)})")
            return code.patch(TITLE)
    for call in code.calls(["pow", "power"], code.statement(node)):
        if math and call.args:
            code.replace(call.args[0], f"{math.maximum}({code.of(call.args[0])}, {eps_of(evidence)})")
            return code.patch(TITLE)
    return []
