"""Take the norm as a guarded square root of the sum of squares."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies import safe_sqrt
from whynan.remedies._patch import Patch, argument, eps_of, guilty_calls

TITLE = "Take the norm as a guarded square root of the sum of squares"
EFFECT = "safe"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`norm(d)` becomes `sqrt(sum(d * d) + eps)`: its derivative at 0 is 0."""
    code, calls = guilty_calls(evidence, ["norm"])
    for call in calls:
        math = code.math(near=code.of(call.func))
        vector = argument(call, 0, "x", "tensor")
        kind = argument(call, 1, "ord") if len(call.args) < 2 else call.args[1]
        if (
            math is None
            or vector is None
            or (kind is not None and code.of(kind) not in ("2", "'euclidean'", '"euclidean"'))
        ):
            continue
        kept = "".join(f", {code.of(k)}" for k in call.keywords if k.arg in ("axis", "keepdims"))
        code.replace(call, f"{math.sqrt}({math.sum}(({code.of(vector)}) ** 2{kept}) + {eps_of(evidence)})")
    return code.patch(TITLE) or safe_sqrt.patches(evidence, cause)
