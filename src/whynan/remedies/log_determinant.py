"""Take the logarithm of a determinant without the determinant."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, guilty, name_of

TITLE = "Take the logarithm of the determinant directly"
EFFECT = "safe"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`log(det(a))` becomes `slogdet(a)[1]`, which adds logarithms instead of multiplying small numbers."""
    found = guilty(evidence)
    if found is None:
        return []
    code, node = found
    for call in code.calls(["log"], code.statement(node)):
        inner = call.args[0] if call.args else None
        for det in code.calls(["det"], inner) if inner is not None else ():
            if det is inner and name_of(det.func) == "det":
                code.replace(call, f"{code.of(det.func)[:-3]}slogdet({code.of(det.args[0])})[1]")
                return code.patch(TITLE)
    return []
