"""Divide by the count only where it is not 0."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Code, Patch, argument, guilty_calls, others_in_function

TITLE = "Divide by the count only where it is not 0"
EFFECT = "safe"
_NAMES = ("reduce_mean", "mean")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """The mean becomes a sum over a count, which is 0 for an empty selection, ragged rows included."""
    code, calls = guilty_calls(evidence, _NAMES)
    for call in [*calls, *others_in_function(code, calls, _NAMES)]:
        new = _guarded(code, call)
        if new is not None:
            code.replace(call, new)
    return code.patch(TITLE)


def _guarded(code: Code, call: Call) -> str | None:
    function = code.of(call.func)
    tf, ops, np = code.module("tensorflow"), code.module("keras.ops"), code.module("numpy")
    values = argument(call, 0, "input_tensor", "x", "a")
    if values is None:
        return None
    rest = "".join(f", {code.of(a)}" for a in [*call.args[1:], *(k for k in call.keywords if k.value is not values)])
    if np and function.startswith(f"{np}."):
        return f"({code.of(call)} if {np}.size({code.of(values)}) else 0.0)"
    if ops and function.startswith(f"{ops}."):
        text = code.once(values, "chosen")
        return f"({ops}.sum({text}{rest}) / {ops}.maximum({ops}.sum({ops}.ones_like({text}){rest}), 1))"
    if tf and function.startswith(f"{tf}."):
        text = code.once(values, "chosen")
        count = f"{tf}.reduce_sum({tf}.ones_like({text}){rest})"
        return f"{tf}.math.divide_no_nan({tf}.reduce_sum({text}{rest}), {count})"
    return None
