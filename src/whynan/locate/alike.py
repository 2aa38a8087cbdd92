"""Where a model stops to tell the rows of a batch apart: its answer is the same whatever it is given."""

from __future__ import annotations

import numpy as np

from whynan.case.nouns import Array, Link, Trace, is_float
from whynan.locate.describe import link
from whynan.locate.rows import batch_size

LEAST = 8  # rows; so many do not come out the same by chance
ROUNDING = 3e-6  # sums of the same numbers in another order differ by as much
NEAR_END = 0.95  # of 1, to which a saturated function comes
_SAME_BY_NATURE = frozenset(["Shape", "ZerosLike", "OnesLike", "Fill", "Const", "ReadVariableOp"])


def _given(trace: Trace, tensor: int) -> Link:
    """An input whose rows are all the same."""
    source, array = trace.sources.get(tensor), trace.value(tensor)
    value = float(array.flat[0]) if array is not None and array.dtype.kind in "fiub" else None
    return Link("", source.name if source is not None else "the input", None, None, [], value)


def _equal(array: Array, computed: bool) -> bool:
    if not computed or not is_float(array) or not np.isfinite(array).all():
        return bool((array == array[:1]).all())
    wide = array.astype(np.float64)
    return bool((np.ptp(wide, axis=0) <= ROUNDING * np.abs(wide).max(axis=0)).all())


def _nearly(trace: Trace, tensor: int) -> bool:
    """Whether the rows of a computed table differ only by what is rounding beside its largest numbers."""
    array = trace.value(tensor)
    if tensor not in trace.producer or array is None or not is_float(array) or not np.isfinite(array).all():
        return False
    wide = array.astype(np.float64)
    return bool(np.ptp(wide, axis=0).max() <= ROUNDING * np.abs(wide).max())


def _beyond(trace: Trace, tensor: int) -> bool:
    """Whether targets lie where no saturated function ends."""
    array = trace.value(tensor)
    return array is not None and is_float(array) and bool(np.median(np.abs(array)) > 2)


def _saturated(trace: Trace, tensor: int) -> bool:
    """Whether all rows of an answer lie near the end of the function that gave it."""
    maker, array = trace.producer.get(tensor), trace.value(tensor)
    return (
        maker is not None
        and maker.type in ("Sigmoid", "Tanh")
        and array is not None
        and bool((np.abs(array) > NEAR_END).all())
    )


def alike(trace: Trace) -> list[Link]:
    """The operations that gave the same for rows that differed, where all answers of the model are the same.

    Without an operation where the model was given the same already. Empty where an answer differs between rows.
    """
    size = batch_size(trace)
    if size is None or size < LEAST:
        return []
    known: dict[int, bool | None] = {}

    def same(tensor: int) -> bool | None:
        """Whether all rows are equal, what was computed up to rounding; None for what has no rows."""
        if tensor not in known:
            array = trace.value(tensor)
            rows = array is not None and array.ndim > 0 and array.shape[0] == size and array.size > 0
            known[tensor] = _equal(array, tensor in trace.producer) if array is not None and rows else None
        return known[tensor]

    learned = {t for t, source in trace.sources.items() if source.kind == "variable"}
    given: dict[int, set[str]] = {}  # what came from outside, and the phases that read it
    for op in trace.ops:
        for tensor in op.inputs:
            if tensor not in trace.producer and tensor not in learned and same(tensor) is not None:
                given.setdefault(tensor, set()).add(op.phase)
    inputs = [tensor for tensor, phases in given.items() if "forward" in phases]
    if all(same(tensor) for tensor, phases in given.items() if "loss" in phases):
        return []  # the same is wanted of all rows
    if inputs and all(map(same, inputs)):
        return [_given(trace, tensor) for tensor in inputs]
    for op in trace.ops:
        if learned & set(op.inputs):
            learned.update(op.outputs)
    beyond = any(_beyond(trace, tensor) for tensor, phases in given.items() if "loss" in phases)
    answers = {
        tensor
        for op in trace.ops
        if op.phase == "loss"
        for tensor in op.inputs
        if tensor in learned
        and same(tensor) is not None
        and (made := trace.producer.get(tensor)) is not None
        and made.phase == "forward"
    }
    if not answers or not all(same(tensor) or (beyond and _saturated(trace, tensor)) for tensor in answers):
        return []
    found: dict[int, Link] = {}
    waiting, seen = list(answers), set(answers)
    while waiting:
        tensor = waiting.pop()
        maker, array = trace.producer.get(tensor), trace.value(tensor)
        if maker is None or array is None or maker.type in _SAME_BY_NATURE:
            continue
        if any(same(t) is False and not _nearly(trace, t) for t in maker.inputs):
            found[maker.index] = link(trace, maker, maker.outputs.index(tensor), (0,) * array.ndim)
            continue
        for before in maker.inputs:
            if before not in seen:
                seen.add(before)
                waiting.append(before)
    return [found[index] for index in sorted(found)]
