"""Rows of the batch: how many it has, and which of them the non-finite elements of a tensor belong to."""

from __future__ import annotations

from collections import Counter

import numpy as np

from whynan.case.nouns import Trace, is_float
from whynan.locate.ancestry import ancestors
from whynan.locate.origin import Found


def batch_size(trace: Trace, found: Found | None = None) -> int | None:
    """The number of rows of the batch: the first dimension of its first array.

    In a loop of one's own, where no array is named a batch, the one that most arrays share which came from outside.
    Of a trace of many batches, that in which `found` was born.
    """
    for tensor, source in trace.sources.items():
        if source.kind == "batch":
            array = trace.value(tensor)
            if array is not None and array.ndim:
                return int(array.shape[0])
    if (taken := iterated(trace, found)) and (length := _length(trace, taken[0])) is not None:
        return length
    counts: Counter[int] = Counter()
    lookups = {op.inputs[:2] for op in trace.ops if op.type in ("GatherV2", "ResourceGather") and len(op.inputs) > 1}
    tables = {table for table, _ in lookups}
    for ids in {ids for _, ids in lookups if ids not in trace.producer}:
        array = trace.value(ids)
        if array is not None and array.ndim and array.size > 3:
            counts[int(array.shape[0])] += 2
    for tensor in {t for op in trace.ops for t in op.inputs if t not in trace.producer and t not in trace.sources}:
        array = trace.value(tensor) if tensor not in tables else None
        if array is not None and array.size > 3 and (array.ndim >= 2 or is_float(array)):
            counts[int(array.shape[0])] += array.ndim  # a table tells more than a vector, which may be an axis
    return counts.most_common(1)[0][0] if counts else None


def iterated(trace: Trace, found: Found | None = None) -> list[int]:
    """What a loop of one's own took from its datasets, the latest first; up to where `found` was born, if given."""
    op = trace.producer.get(found.tensor) if found is not None else None
    last = op.index if op is not None else trace.ops[-1].index if trace.ops else 0
    return [t for op in reversed(trace.ops) if op.type == "IteratorGetNext" and op.index <= last for t in op.outputs]


def harmed_rows(trace: Trace, found: Found, size: int | None) -> list[int] | None:
    """Rows of the batch that broke: of the origin, or of the first value behind it that has the batch as its length.

    An origin inside of a loop over the rows is no longer than one row, whatever its length divides by.
    """
    rows = rows_of(trace, found.tensor, size)
    behind = [visit.tensor for visit in reversed(found.path[:-1])]
    if rows is not None and _length(trace, found.tensor) == size:
        # what a mask took out on the way did no harm
        reached = [r for t in behind if _length(trace, t) == size and (r := rows_of(trace, t, size)) is not None]
        return min([rows, *(r for r in reached if set(r) < set(rows))], key=len)
    whole = next((r for t in behind if _length(trace, t) == size and (r := rows_of(trace, t, size)) is not None), None)
    if rows is None or whole is None:
        rows = whole or rows or next((r for t in behind if (r := rows_of(trace, t, size)) is not None), None)
        return rows or rows_of(trace, found.tensor, _of_own(trace, found.tensor))
    return min(whole, rows, key=len)


def _of_own(trace: Trace, tensor: int) -> int | None:
    """The length of a tensor, where it is that of the longest table from outside which it was computed from.

    A vector from outside may well be of classes, and a whole number of a shape.
    """
    outside = [
        array.shape[0]
        for t in ancestors(trace, [tensor])
        if t not in trace.producer and t not in trace.sources
        if (array := trace.value(t)) is not None and array.ndim > 1 and is_float(array)
    ]
    length = _length(trace, tensor)
    return length if outside and max(outside) == length else None


def reading_rows(trace: Trace, found: Found, size: int | None) -> list[int] | None:
    """Rows of the batch that read the bad places of a variable; None where all of them do."""
    for visit in reversed(found.path[:-1]):
        read = visit.op is not None and visit.op.type in ("ReadVariableOp", "Identity", "Cast")
        rows = None if read or _length(trace, visit.tensor) != size else rows_of(trace, visit.tensor, size)
        if rows is not None:
            return rows if size is not None and len(rows) < size else None
    return None


def _length(trace: Trace, tensor: int) -> int | None:
    array = trace.value(tensor)
    return int(array.shape[0]) if array is not None and array.ndim else None


def rows_of(trace: Trace, tensor: int, size: int | None) -> list[int] | None:
    """Rows of the batch that the non-finite elements of a tensor belong to, by its leading dimension."""
    array = trace.value(tensor)
    if array is None or not size or not is_float(array) or array.ndim == 0:
        return None
    bad = np.argwhere(~np.isfinite(array))
    if not len(bad):
        return None
    lead = array.shape[0]
    if lead == size:
        return sorted({int(i) for i in bad[:, 0]})
    if array.ndim >= 1 and size > 1 and lead % size == 0 and lead > size:
        return sorted({int(i) // (lead // size) for i in bad[:, 0]})
    if array.ndim >= 2 and array.shape[1] == size:
        return sorted({int(i) for i in bad[:, 1]})
    return None
