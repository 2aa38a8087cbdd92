"""Integer arithmetic behind an origin that is not what exact arithmetic gives: it wrapped around."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from whynan.case.nouns import Op, Trace
from whynan.locate.elements import REDUCTIONS, Index, contributors, reduced

MOST = 300  # elements that are looked at
_EACH = 2  # elements of one input that are followed
# beyond them a number only says which element is meant, or was meant to wrap around
_BEYOND = ("Gather", "ResourceGather", "OneHot", "FloorMod", "Mod", "Bitwise", "StringToHash", "Stateless", "Random")
_KINDS = ("int8", "int16", "int32", "int64", "uint8", "uint16")

_EXACT: dict[str, Callable[[Sequence[int]], int]] = {
    "Sum": sum,
    "Prod": math.prod,
    "Mul": math.prod,
    "Add": sum,
    "AddV2": sum,
    "AddN": sum,
    "Sub": lambda values: values[0] - values[1],
    "Square": lambda values: values[0] ** 2,
    "Cast": lambda values: values[0],
}
_SIGNS = {"Mul": " * ", "Add": " + ", "AddV2": " + ", "Sub": " - "}


def wrapped(trace: Trace, op: Op, output: int, index: Index) -> str:
    """In words, the first integer result behind an element that differs from the exact one; empty where there is none."""
    waiting, seen = [(op, output, index)], 0
    while waiting and seen < MOST:
        op, output, index = waiting.pop(0)
        seen += 1
        picked = contributors(trace, op, output, index)
        if said := _differs(trace, op, output, index, picked):
            return said
        for position, indices in picked:
            tensor = op.inputs[position]
            producer = trace.producer.get(tensor)
            if producer is not None and not producer.type.startswith(_BEYOND):
                waiting += [(producer, producer.outputs.index(tensor), i) for i in indices[:_EACH]]
    return ""


def _differs(trace: Trace, op: Op, output: int, index: Index, picked: Sequence[tuple[int, list[Index]]]) -> str:
    result = trace.value(op.outputs[output]) if op.outputs else None
    if op.type not in _EXACT or result is None or result.dtype.name not in _KINDS:
        return ""
    values: list[int] = []
    for position, indices in picked[: 1 if op.type in REDUCTIONS else None]:
        array = trace.value(op.inputs[position])
        if array is None or array.dtype.kind not in "iu":
            return ""
        if op.type in REDUCTIONS:
            place = reduced(op, array, [trace.value(t) for t in op.inputs], index)
            values += array[tuple(place)].ravel().tolist()
        else:
            values += [int(array[i]) for i in indices]
    found = int(result[index])
    exact = _EXACT[op.type](values)
    if not values or exact == found or abs(exact - found) < 256:
        return ""  # by less nothing wraps
    kind = result.dtype.name
    if op.type in _SIGNS and len(values) == 2:
        return f"{_SIGNS[op.type].join(f'{v:.0f}' for v in values)} gave {found} in {kind}"
    if op.type == "Cast":
        return f"the cast of {values[0]:.0f} to {kind} gave {found}"
    what = {"Prod": "product", "Square": "square"}.get(op.type, "sum")
    return f"a {what} of {exact:.0f} gave {found} in {kind}"
