"""Leave out the loss of samples whose labels are longer than their frames allow."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, guilty_calls

TITLE = "Leave out the loss of samples whose labels are longer than their frames allow"
EFFECT = "changes results"
_NAMES = ("ctc_loss", "ctc_batch_cost", "ctc_loss_v2")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """A sample that no alignment fits costs infinity; it becomes 0, and so does its gradient."""
    code, calls = guilty_calls(evidence, _NAMES)
    tf, ops = code.module("tensorflow"), code.module("keras.ops")
    for call in calls:
        lib, is_inf = (tf, f"{tf}.math.is_inf") if tf else (ops, f"{ops}.isinf")
        if lib is not None:
            costs = code.once(call, "costs")
            code.replace(call, f"{lib}.where({is_inf}({costs}), {lib}.zeros_like({costs}), {costs})")
    return code.patch(TITLE)
