"""Use softplus for log(1 + exp(x))."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, guilty, name_of

TITLE = "Use softplus for log(1 + exp(x))"
EFFECT = "safe"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`log(1 + exp(x))` and `log1p(exp(x))` become `softplus(x)`."""
    found = guilty(evidence)
    if found is None:
        return []
    code, node = found
    tf, ops = code.module("tensorflow"), code.module("keras.ops")
    softplus = f"{tf}.math.softplus" if tf else f"{ops}.softplus" if ops else None
    for call in code.calls(["log", "log1p"], code.statement(node)):
        inner = call.args[0] if call.args else None
        if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add) and name_of(call.func) == "log":
            one = {code.of(inner.left), code.of(inner.right)} & {"1", "1.0", "1."}
            inner = (inner.right if isinstance(inner.left, ast.Constant) else inner.left) if one else None
        elif name_of(call.func) == "log":
            inner = None
        if softplus and isinstance(inner, ast.Call) and name_of(inner.func) == "exp" and inner.args:
            code.replace(call, f"{softplus}({code.of(inner.args[0])})")
            return code.patch(TITLE)
    return []
