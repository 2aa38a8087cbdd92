"""Take the standard deviation as a guarded square root of the variance."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies import safe_sqrt
from whynan.remedies._patch import Patch, eps_of, guilty_calls

TITLE = "Take the standard deviation as a guarded square root of the variance"
EFFECT = "safe"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`reduce_std(x)` becomes `sqrt(reduce_variance(x) + eps)`: its derivative is finite for constant values."""
    code, calls = guilty_calls(evidence, ["reduce_std", "std"])
    for call in calls:
        math = code.math(near=code.of(call.func))
        function = code.of(call.func)
        if math is None or function.startswith(("np.", "numpy.")):
            continue
        variance = (
            function.replace("reduce_std", "reduce_variance") if "reduce_std" in function else function[:-3] + "var"
        )
        start = code.of(call)[len(function) :]
        code.replace(call, f"{math.sqrt}({variance}{start} + {eps_of(evidence)})")
    return code.patch(TITLE) or safe_sqrt.patches(evidence, cause)
