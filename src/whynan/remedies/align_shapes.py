"""Give one operand the shape of the other, so that each row meets its own."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Patch, guilty

TITLE = "Give one operand the shape of the other, so that each row meets its own"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """The operand of shape (n,) becomes a column, too."""
    found, origin = guilty(evidence), evidence.origin
    if found is None or origin is None or len(origin.operands) < 2:
        return []
    code, node = found
    calls = [(n.args[0], n.args[1]) for n in code.walk(Call, node) if len(n.args) == 2]
    sums = [(n.left, n.right) for n in code.walk(ast.BinOp, node)]
    pairs = [*calls, *sums] if isinstance(node, Call) else [*sums, *calls]
    lib = code.module("tensorflow") or code.module("keras.ops")
    if not pairs or not lib:
        return []
    row = pairs[0][len(origin.operands[0].shape) != 1]
    code.replace(row, f"{lib}.reshape({code.of(row)}, [-1, 1])")
    return code.patch(TITLE)
