"""Where one number a row met a column of one number a row, so that broadcasting made all pairs of rows."""

from __future__ import annotations

from whynan.case.nouns import Trace
from whynan.locate.origin import Found
from whynan.locate.rows import batch_size

_BY_ELEMENTS = frozenset(["Sub", "SquaredDifference", "Mul", "MulNoNan", "AddV2", "RealDiv", "Maximum", "Minimum", "Pow",
                          "Xlogy", "Equal"])  # fmt: skip
_ON_PURPOSE = frozenset(["ExpandDims", "Reshape", "StridedSlice"])  # they make a column where pairs are wanted


def all_pairs(trace: Trace) -> Found | None:
    """The operation of the loss in which what the model answers meets something else as shapes (n,) and (n, 1).

    None where the script itself made the column out of a row, or where both come from the model: then pairs are meant.
    """
    size = batch_size(trace)
    learned = {t for t, source in trace.sources.items() if source.kind == "variable"}
    for op in trace.ops:
        if learned & set(op.inputs):
            learned.update(op.outputs)
        if size is None or size < 2 or op.phase not in ("loss", "forward") or op.type not in _BY_ELEMENTS:
            continue
        shapes = [array.shape if (array := trace.value(t)) is not None else None for t in op.inputs[:2]]
        if set(shapes) != {(size,), (size, 1)}:
            continue
        column = op.inputs[shapes.index((size, 1))]
        made = trace.producer.get(column)
        if made is not None and made.type in _ON_PURPOSE and not made.layer:
            continue
        if sum(t in learned for t in op.inputs[:2]) == 1:
            return Found(op, 0, op.outputs[0], (0, 0), None, [])
    return None
