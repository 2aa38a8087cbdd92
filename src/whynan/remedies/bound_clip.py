"""Bound the clip away from both ends."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies import log_epsilon
from whynan.remedies._patch import Patch, argument, guilty, number

TITLE = "Bound the clip away from both ends"
EFFECT = "safe"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Clip to [eps, 1 - eps], or to [-1 + eps, 1 - eps], with an eps that float32 can tell from 0 beside 1."""
    found = guilty(evidence)
    if found is None:
        return []
    code, node = found
    half = evidence.origin is not None and evidence.origin.dtype in ("float16", "bfloat16")
    eps = "1e-3" if half else "1e-6"
    for call in code.calls(["clip_by_value", "clip"], code.scope(node)):
        low, high = (
            argument(call, 1, "clip_value_min", "x_min", "min_value"),
            argument(call, 2, "clip_value_max", "x_max", "max_value"),
        )
        if low is None or high is None:
            continue
        bottom, top = number(low), number(high)
        if bottom is not None and abs(bottom) < 1e-6:
            code.replace(low, eps)
        elif bottom == -1.0:
            code.replace(low, f"-1.0 + {eps}")
        if (top is not None and abs(top - 1.0) < 1e-6) or (
            top is None and code.of(high).replace(" ", "").startswith("1")
        ):
            code.replace(high, f"1.0 - {eps}")
    return code.patch(TITLE) or log_epsilon.patches(evidence, cause)
