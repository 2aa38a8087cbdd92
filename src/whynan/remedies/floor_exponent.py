"""Bound the exponent from below, so that the exponential stays positive."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, open_code

TITLE = "Bound the exponent from below, so that the exponential stays positive"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`exp(x)` that gave 0 on the way to the failure becomes `exp(maximum(x, -60))`."""
    for link in reversed(evidence.chain):
        if link.op != "Exp" or link.value_out != 0:
            continue
        code = open_code(evidence, link.file)
        least = "-9.0" if link.attrs.get("dtype") == "float16" else "-60.0"
        for call in code.calls(["exp"]) if code is not None else ():
            here = call.lineno <= (link.line or 0) <= (call.end_lineno or 0)
            if code is None or not call.args or not here:
                continue
            math = code.math(near=code.of(call.func))
            if math is not None:
                code.replace(call.args[0], f"{math.maximum}({code.of(call.args[0])}, {least})")
        if code is not None and code.edits:
            return code.patch(TITLE)
    return []
