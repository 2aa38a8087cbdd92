"""Move the point off the origin before its angle is taken."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Code, Patch, argument, guilty_calls, others_in_function

TITLE = "Move the point off the origin before its angle is taken"
EFFECT = "safe"
_TWO = ("atan2", "arctan2")
_COMPLEX = ("angle",)


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`atan2(y, x)` gets 1 for `x` where both are 0, and `angle(z)` for `z`: the angle stays 0, its derivative finite."""
    code, calls = guilty_calls(evidence, (*_TWO, *_COMPLEX))
    for call in [*calls, *others_in_function(code, calls, (*_TWO, *_COMPLEX))]:
        _moved(code, call)
    return code.patch(TITLE)


def _moved(code: Code, call: Call) -> None:
    lib = _library(code, call)
    y, x = argument(call, 0, "y", "x1", "input"), argument(call, 1, "x", "x2")
    if lib is None or y is None:
        return
    if code.of(call.func).endswith(_COMPLEX):
        z = code.once(y, "point")
        # the square is 0 as soon as the derivative divides by 0, also for numbers whose square underflows
        code.replace(y, f"{lib}.where({lib}.equal({z} * {z}, 0), {lib}.ones_like({z}), {z})")
    elif x is not None:
        above, beside = code.once(y, "rise"), code.once(x, "run")
        if above != code.operand(y):
            code.replace(y, above)
        origin = f"{lib}.equal({beside} * {beside} + {above} * {above}, 0)"
        code.replace(x, f"{lib}.where({origin}, {lib}.ones_like({beside}), {beside})")


def _library(code: Code, call: Call) -> str | None:
    """The library that the call belongs to; NumPy takes no derivatives."""
    function = code.of(call.func)
    tf, ops = code.module("tensorflow"), code.module("keras.ops")
    if ops and function.startswith(f"{ops}."):
        return ops
    return tf if tf and function.startswith(f"{tf}.") else None
