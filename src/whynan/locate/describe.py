"""An origin in words and numbers: operands, rows, a float64 shadow, and the chain of values that led there."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from whynan.case.nouns import Array, Elements, Link, Op, Operand, Origin, Rows, Source, Span, Trace, is_float, span_of
from whynan.locate.ancestry import made_of
from whynan.locate.elements import ELEMENTWISE, MOVES, REDUCTIONS, SAME, SELECTS, Index, contributors
from whynan.locate.origin import Found, bad_elements, last_write
from whynan.locate.rows import batch_size, harmed_rows, reading_rows, rows_of
from whynan.locate.wrapped import wrapped

MAX_LINKS = 14
MOST_VALUES = 8  # of one link: a sum of gradients may have a thousand operands
_PASSED = frozenset(
    ["Identity", "Cast", "Reshape", "ExpandDims", "Squeeze", "StopGradient", "IdentityN", "EnsureShape", "Snapshot"]
)


def number(array: Array | None, index: Index) -> float | None:
    """One element as a float; None where it cannot be had."""
    try:
        if array is None:
            return None
        value = complex(array[index]) if array.dtype.kind == "c" else float(array[index])
        return abs(value) if isinstance(value, complex) else value
    except (TypeError, ValueError, IndexError):
        return None


def limits(array: Array | None) -> tuple[float | None, float | None]:
    """Smallest and largest finite value."""
    if array is None or array.size == 0 or (array.dtype.kind not in "fiub" and not is_float(array)):
        return None, None
    flat = array.astype(np.float64, copy=False)
    finite = flat[np.isfinite(flat)]
    return (float(finite.min()), float(finite.max())) if finite.size else (None, None)


def _operand(trace: Trace, op: Op, position: int, indices: list[Index]) -> Operand:
    tensor = op.inputs[position]
    array = trace.value(tensor)
    index = indices[0] if indices else ()
    low, high = limits(array)
    producer = trace.producer.get(tensor)
    span = span_of(producer.frames) if producer is not None else None
    source = trace.sources.get(tensor)
    if source is None and producer is not None and producer.type == "ReadVariableOp" and producer.inputs:
        source = trace.sources.get(producer.inputs[0])
    name = source.name if source is not None else producer.type if producer is not None else "constant"
    return Operand(
        name=name,
        value=number(array, index),
        shape=tuple(array.shape) if array is not None else (),
        dtype=array.dtype.name if array is not None else "",
        low=low,
        high=high,
        expression=_written(op, producer, span),
    )


def _written(op: Op, producer: Op | None, span: Span | None) -> str:
    """The user's expression of an operand; nothing where it is only the call that both operations are inside of."""
    if span is None or producer is None or producer.phase != op.phase or span == span_of(op.frames):
        return ""
    return span.expression


def _shadow(trace: Trace, op: Op, output: int, index: Index) -> float | None:
    """The operation once more in float64: inf or nan means undefined, a number means that it was out of range."""
    arrays = [trace.value(t) if t != -1 else None for t in op.inputs]
    wide = {
        k: a.astype(np.float64) for k, a in enumerate(arrays) if a is not None and is_float(a) and a.dtype.kind != "c"
    }
    if not wide:
        return None
    try:
        result = trace.execute(op, wide)[output]
        return number(result, index)
    except Exception:
        return None


def clean_attrs(op: Op) -> dict[str, Any]:
    """The attributes that are plain values."""
    kept: dict[str, Any] = {}
    for key, value in op.attrs.items():
        plain = value.decode(errors="replace") if isinstance(value, bytes) else value
        if isinstance(plain, (bool, int, float, str)) and len(str(plain)) < 80:
            kept[key] = plain
    return kept


def link(trace: Trace, op: Op, output: int, index: Index) -> Link:
    """One operation of the chain with the values at the guilty element."""
    picked = contributors(trace, op, output, index)
    values: list[float] = []
    inputs: list[Any] = []
    for position, indices in picked:
        array = trace.value(op.inputs[position])
        value = number(array, indices[0]) if indices else None
        producer = trace.producer.get(op.inputs[position])
        source = trace.sources.get(op.inputs[position])
        if value is not None and op.type not in REDUCTIONS:
            values.append(value)
        low, high = limits(array)
        inputs.append(
            {
                "value": value,
                "low": low,
                "high": high,
                "constant": producer is None and (source is None or source.kind == "constant"),
                "source": source.kind if source is not None else None,
                "name": source.name if source is not None else producer.type if producer is not None else "",
                "dtype": array.dtype.name if array is not None else "",
                "shape": list(array.shape) if array is not None else [],
            }
        )
    span = span_of(op.frames)
    result = trace.value(op.outputs[output]) if op.outputs else None
    return Link(
        op=op.type,
        expression=span.expression if span is not None else "",
        file=span.file if span is not None else None,
        line=span.line if span is not None else None,
        value_in=values[:MOST_VALUES],
        value_out=number(result, index),
        attrs={**clean_attrs(op), "dtype": result.dtype.name if result is not None else ""},
        phase=op.phase,
        layer=op.layer,
        inputs=inputs,
    )


def reason(trace: Trace, op: Op, output: int, index: Index, limit: int = MAX_LINKS) -> list[Link]:
    """The chain of finite values behind an operation, from the furthest back to the operation itself."""
    links = [link(trace, op, output, index)]
    current, out, at = op, output, index
    while len(links) < limit:
        step = _behind(trace, current, out, at)
        if step is None:
            break
        tensor, at = step
        producer = trace.producer.get(tensor)
        if producer is None or producer.type in ("ReadVariableOp", "Const"):
            break
        current, out = producer, producer.outputs.index(tensor)
        if current.type not in _PASSED:
            links.append(link(trace, current, out, at))
        if current.type in ("MatMul", "Conv2D", "BiasAdd") and len(links) > 8:
            break
    return links[::-1]


def _behind(trace: Trace, op: Op, output: int, index: Index) -> tuple[int, Index] | None:
    """The operand that says most about a value: computed rather than constant, then the most extreme one."""
    best: tuple[float, int, Index] | None = None
    for position, indices in contributors(trace, op, output, index):
        tensor = op.inputs[position]
        array = trace.value(tensor)
        producer = trace.producer.get(tensor)
        if array is None or not is_float(array) or not indices:
            continue
        if op.type in REDUCTIONS or op.type in ("MatMul", "BatchMatMulV2", "Conv2D", "Einsum"):
            magnitudes = [abs(number(array, i) or 0.0) for i in indices]
            chosen = indices[int(np.argmax(magnitudes))]
        else:
            chosen = indices[0]
        value = number(array, chosen)
        computed = producer is not None and producer.type not in ("ReadVariableOp", "Const", "Fill")
        score = (1e6 if computed else 0.0) + _extremity(op, position, value)
        if best is None or score > best[0]:
            best = (score, tensor, chosen)
    if best is None:
        return None
    return best[1], best[2]


def _extremity(op: Op, position: int, value: float | None) -> float:
    if value is None:
        return 0.0
    if not math.isfinite(value):
        return 1e5
    size = min(abs(math.log10(abs(value))), 400.0) if value else 300.0
    # a divisor says more than what is divided, but for 0/x
    if op.type in ("RealDiv", "Div", "FloorDiv", "Xdivy") and position == 1:
        return size + 100.0 if value else 2e3
    return size


def describe(trace: Trace, found: Found, sources: dict[int, Source]) -> tuple[Origin, list[Link]]:
    """The origin and the chain from the reason to the symptom."""
    size = batch_size(trace, found)
    array = trace.value(found.tensor)
    bad = bad_elements(array) if array is not None and is_float(array) else []
    count = int((~np.isfinite(array)).sum()) if array is not None and is_float(array) else 0
    elements = Elements(count, int(array.size) if array is not None else 0, [list(i) for i in bad[:8]])
    upward = [link(trace, v.op, v.output, v.index) for v in found.path if v.op is not None and v.op.type not in _PASSED]
    if found.op is None or (found.source is not None and found.source.kind in ("batch", "variable")):
        return _from_source(trace, found, elements, size, upward)
    op = found.op
    forward = trace.by_index.get(op.forward) if op.forward is not None else None
    span = span_of(op.frames)
    frames = op.frames
    if op.phase == "gradient" and forward is not None and not (op.own and span is not None):
        first = _differentiated(trace, forward)
        span = span_of(first.frames) or span
        frames = first.frames
    picked = contributors(trace, op, found.output, found.index)
    rows = harmed_rows(trace, found, size)
    layer = op.layer or (forward.layer if forward is not None else None)
    origin = Origin(
        phase=op.phase,
        op=op.type,
        op_of=forward.type if op.phase == "gradient" and forward is not None else None,
        layer=layer,
        file=span.file if span else None,
        line=span.line if span else None,
        columns=span.columns if span else None,
        expression=span.expression if span else None,
        operands=[_operand(trace, op, position, indices) for position, indices in picked],
        result=number(array, found.index),
        dtype=array.dtype.name if array is not None else "",
        elements=elements,
        rows=Rows(batch=rows),
        function=span.function if span else "",
        statement=span.statement if span else "",
        calls=list(forward.calls if op.phase == "gradient" and forward is not None else op.calls),
        shadow=_shadow(trace, op, found.output, found.index),
        upstream=_upstream(trace, op, found),
        attrs=clean_attrs(op) | _outside(trace, rows) | made_of(trace, op) | _wrapped(trace, op, found),
        source=found.source.name if found.source is not None else None,
        frames=list(frames[:6]),
        forward=_forward_chain(trace, op, forward, found),
    )
    back = reason(trace, op, found.output, found.index)
    if op.phase == "loss" and "update_state" in op.calls:
        _at_the_loss(origin, back)
    return origin, back[:-1] + _shorten(upward[::-1])


def _differentiated(trace: Trace, op: Op) -> Op:
    """The operation that was written: of a second derivative, what the first one belongs to."""
    while op.phase == "gradient" and op.forward is not None and (before := trace.by_index.get(op.forward)) is not None:
        op = before
    return op


def nan_comparison(trace: Trace) -> str:
    """The user's comparison with a single NaN, which is true (or false) of everything; empty where there is none."""
    for op in trace.ops:
        if op.type in ("Equal", "NotEqual"):
            for tensor in op.inputs:
                array = trace.value(tensor)
                if array is not None and array.size == 1 and is_float(array) and np.isnan(array).all():
                    span = span_of(op.frames)
                    return span.expression if span is not None else op.type
    return ""


def _at_the_loss(origin: Origin, back: list[Link]) -> None:
    """A loss so large that only its sum over the batch overflowed, in the metric: the user's line is that of the loss."""
    of_loss = (
        i for i in reversed(back) if i.phase == "loss" and i.line and (i.file, i.line) != (origin.file, origin.line)
    )
    own = next(of_loss, None)
    if own is not None:
        origin.file, origin.line = own.file, own.line
        origin.expression = origin.statement = own.expression
        origin.columns = None


def _forward_chain(trace: Trace, op: Op, forward: Op | None, found: Found) -> list[Link]:
    """For a gradient operation: the forward chain at the same element, where the shapes agree."""
    if op.phase != "gradient" or forward is None or not forward.outputs:
        return []
    out = trace.value(forward.outputs[0])
    array = trace.value(found.tensor)
    if out is None:
        return []
    index: Index | None = None
    if array is not None and array.shape == out.shape:
        index = found.index
    elif forward.inputs:
        source = trace.value(forward.inputs[0])
        if source is not None and array is not None and array.shape == source.shape and forward.type in REDUCTIONS:
            index = _reduced(forward, source, trace, found.index, out)
    if index is None:
        index = () if out.ndim == 0 else tuple(0 for _ in out.shape)
    try:
        return reason(trace, forward, 0, index)
    except Exception:
        return []


def _reduced(forward: Op, source: Array, trace: Trace, index: Index, out: Array) -> Index:
    axes_input = trace.value(forward.inputs[1]) if len(forward.inputs) > 1 else None
    axes = {int(a) % source.ndim for a in np.atleast_1d(axes_input)} if axes_input is not None else set()
    keep = bool(forward.attrs.get("keep_dims", False))
    kept = [0 if a in axes else index[a] for a in range(source.ndim) if keep or a not in axes]
    return tuple(kept)[: out.ndim]


def _upstream(trace: Trace, op: Op, found: Found) -> float | None:
    """The gradient that came into a gradient operation, at the guilty element."""
    if op.phase != "gradient":
        return None
    if op.type in ("SqrtGrad", "RsqrtGrad", "ReciprocalGrad", "TanhGrad", "SigmoidGrad") and len(op.inputs) > 1:
        return number(trace.value(op.inputs[1]), found.index)
    # the guilty local derivative meets the upstream gradient at the next product on the way to the symptom
    for visit in [found.path[-1], *reversed(found.path[:-1])]:
        step = visit.op
        if step is None or step.type not in ("Mul", "MulNoNan", "RealDiv"):
            continue
        values = []
        for position, indices in contributors(trace, step, visit.output, visit.index):
            value = number(trace.value(step.inputs[position]), indices[0]) if indices else None
            if value is not None and math.isfinite(value):
                values.append(value)
        if values:
            return values[0]
    return None


def _outside(trace: Trace, rows: list[int] | None) -> dict[str, Any]:
    """A class id of a guilty row that `one_hot` has no place for: its row is all zeros, and says nothing itself."""
    for op in trace.ops:
        if op.type != "OneHot" or len(op.inputs) < 2:
            continue
        ids, depth = trace.value(op.inputs[0]), trace.value(op.inputs[1])
        if ids is None or depth is None or ids.ndim != 1 or ids.dtype.kind not in "iu":
            continue
        outside = (ids < 0) | (ids >= int(depth))
        guilty = [r for r in rows or [] if r < len(ids) and outside[r]]
        if guilty:
            return {"class_id": int(ids[guilty[0]]), "classes": int(depth)}
    return {}


def _wrapped(trace: Trace, op: Op, found: Found) -> dict[str, Any]:
    """What wrapped around before it came here, if anything did."""
    try:
        said = wrapped(trace, op, found.output, found.index)
    except Exception:
        return {}
    return {"wrapped": said} if said else {}


def _shorten(links: list[Link], most: int = 8) -> list[Link]:
    return links if len(links) <= most else links[: most - 2] + links[-2:]


def _from_source(
    trace: Trace, found: Found, elements: Elements, size: int | None, upward: list[Link]
) -> tuple[Origin, list[Link]]:
    """The batch itself, or a variable, was bad before any operation of the step touched it."""
    source = found.source
    consumer = next((v.op for v in reversed(found.path) if v.op is not None and v.op.frames), None)
    write = last_write(trace, found.op) if found.op is not None and found.op.inputs else None
    if write is not None and write.type.startswith(("AssignAdd", "AssignSub")) and span_of(write.frames):
        return _from_sum(trace, found, write, elements), _shorten(upward[::-1])
    span = span_of(consumer.frames) if consumer is not None else None
    data = source is not None and source.kind == "batch"
    rows = rows_of(trace, found.tensor, size) if data else reading_rows(trace, found, size)
    origin = Origin(
        phase="data" if data else "update" if source is not None and "learning_rate" in source.name else "forward",
        op="Batch" if data else "ReadVariableOp",
        layer=consumer.layer if consumer is not None and not data else None,
        file=span.file if span else None,
        line=span.line if span else None,
        columns=span.columns if span else None,
        expression=span.expression if span else None,
        result=number(trace.value(found.tensor), found.index),
        dtype=str(trace.value(found.tensor).dtype) if trace.value(found.tensor) is not None else "",  # type: ignore[union-attr]
        elements=elements,
        rows=Rows(batch=rows),
        function=span.function if span else "",
        statement=span.statement if span else "",
        source=source.name if source is not None else None,
        frames=list(consumer.frames[:6]) if consumer is not None else [],
    )
    return origin, _shorten(upward[::-1])


def _from_sum(trace: Trace, found: Found, write: Op, elements: Elements) -> Origin:
    """A variable that could not hold what was added to it: each summand was finite."""
    array = trace.value(found.tensor)
    origin = Origin(
        phase="update",
        op=write.type,
        operands=[_operand(trace, write, 1, [found.index])] if len(write.inputs) > 1 else [],
        result=number(array, found.index),
        dtype=str(array.dtype) if array is not None else "",
        elements=elements,
        calls=list(write.calls),
        frames=list(write.frames[:6]),
    )
    if (span := span_of(write.frames)) is not None:
        origin.stand_at(span)
    return origin


__all__ = ["ELEMENTWISE", "MOVES", "SAME", "SELECTS", "describe", "link", "number", "reason"]
