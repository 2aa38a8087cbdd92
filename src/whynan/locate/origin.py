"""From a non-finite loss, gradient or weight back to the operation where it was born.

The walk goes from one guilty element to the elements that made it, so a masked `-inf` or an unselected branch is never
entered. It ends where finite inputs gave a non-finite output, at a bad batch, or at a bad variable. A non-finite
constant (a mask of `-inf`) is no origin: then the operation that turned it into NaN is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whynan.case.nouns import Array, Op, Source, Trace, is_float
from whynan.locate.elements import Index, contributors


@dataclass
class Visit:
    """One step of the walk: an element of an output of an operation (or of a source without one)."""

    tensor: int
    index: Index
    op: Op | None
    output: int = 0


@dataclass
class Found:
    """Where the walk ended, and the way there from the symptom."""

    op: Op | None
    output: int
    tensor: int
    index: Index
    source: Source | None
    path: list[Visit]


def bad_elements(array: Array) -> list[Index]:
    """The first non-finite elements, NaN or not."""
    if array.ndim == 0:
        return [] if np.isfinite(array) else [()]
    bad = np.argwhere(~np.isfinite(array))[:64]
    return [tuple(int(i) for i in row) for row in bad]


def last_write(trace: Trace, read: Op) -> Op | None:
    """The operation that gave a variable the value that `read` saw."""
    before = [op for op in trace.writes.get(read.inputs[0], []) if op.index < read.index]
    return before[-1] if before else None


def walk(trace: Trace, start: int, *, index: Index | None = None) -> Found | None:
    """Walk back from tensor `start`. None where it is finite."""
    array = trace.value(start)
    if array is None or not is_float(array):
        return None
    if index is None:
        bad = bad_elements(array)
        if not bad:
            return None
        index = bad[0]
    path: list[Visit] = []
    tensor = start
    seen: set[tuple[int, Index]] = set()
    while True:
        op = trace.producer.get(tensor)
        output = op.outputs.index(tensor) if op is not None else 0
        path.append(Visit(tensor, index, op, output))
        if op is None and (assigned := _assigned(trace, path)) is not None:
            tensor = assigned
            continue
        if op is None:
            return _source_end(trace, tensor, index, path)
        if (tensor, index) in seen:
            return Found(op, output, tensor, index, None, path)
        seen.add((tensor, index))
        step = _step(trace, op, output, index)
        if step is None:
            if op.type in ("ReadVariableOp", "ResourceGather", "VariableV2", "IteratorGetNext"):
                return _source_end(trace, tensor, index, path)
            return Found(op, output, tensor, index, None, path)
        tensor, index = step


def _assigned(trace: Trace, path: list[Visit]) -> int | None:
    """What a variable was given last that an operation reads by itself, without one that is called: by its value."""
    tensor, reader = path[-1].tensor, path[-2].op if len(path) > 1 else None
    source, array = trace.sources.get(tensor), trace.value(tensor)
    if reader is None or source is None or source.kind != "variable" or array is None:
        return None
    before = [op for ops in trace.writes.values() for op in ops if op.index < reader.index]
    for op in sorted(before, key=lambda op: -op.index):
        value = trace.value(op.inputs[1]) if op.type == "AssignVariableOp" and op.inputs[1] != tensor else None
        if value is not None and value.shape == array.shape and np.array_equal(value, array, equal_nan=True):
            return op.inputs[1]
    return None


def intended(trace: Trace, start: int, index: Index | None = None) -> bool:
    """Whether a non-finite value is an infinity that was written down as a constant, and only chosen or moved since."""
    found = walk(trace, start, index=index)
    if found is None or found.op is None:
        return False
    result = trace.value(found.tensor)
    if result is None or not np.isinf(result[found.index]):
        return False
    if found.source is not None:
        return found.source.kind == "constant"
    made = [(found.op.inputs[p], i) for p, at in contributors(trace, found.op, found.output, found.index) for i in at]
    bad = [t for t, i in made if (v := trace.value(t)) is not None and is_float(v) and not np.isfinite(v[i])]
    return bool(bad) and all(_is_constant(trace, t) for t in bad)


def _step(trace: Trace, op: Op, output: int, index: Index) -> tuple[int, Index] | None:
    """The non-finite input element that made this one, or None where there is none: the origin."""
    if op.type in ("ReadVariableOp", "ResourceGather"):
        return _through_variable(trace, op, output, index)
    if op.type in ("Softmax", "LogSoftmax") and not _softmax_passes(trace, op, index):
        return None
    candidates: list[tuple[int, bool, int, Index]] = []
    out = trace.value(op.outputs[output])
    nan_out = out is not None and bool(np.isnan(out[index]))
    for position, indices in contributors(trace, op, output, index):
        tensor = op.inputs[position]
        array = trace.value(tensor)
        if array is None or not is_float(array):
            continue
        bad = [i for i in indices if not np.isfinite(array[i]) or _stands_for_nan(trace, tensor, i)]
        if bad:
            # of many elements that were summed up to NaN, one that is NaN itself
            chosen = next((i for i in bad if np.isnan(array[i])), bad[0]) if nan_out else bad[0]
            candidates.append((_born(trace, tensor) or 0, bool(np.isnan(array[chosen])), tensor, chosen))
    if not candidates and nan_out and op.type.startswith(("MatMul", "BatchMatMul", "Conv")):
        candidates = _beside(trace, op)
    if not candidates:
        return None
    if op.phase == "gradient":
        # A harmless infinity of the forward pass that the backward pass turns into NaN was born here, not there.
        own = [c for c in candidates if _is_backward(trace, c[2])]
        if not own:
            # a NaN of the forward pass, unlike an infinity, was wrong already where it was not used
            forward = all(
                _is_forward(trace, c[2]) and not c[1] and not _too_large_to_cast(trace, c[2], c[3]) for c in candidates
            )
            if forward and not _forward_harmful(trace) and _unselected(trace, op, output, index):
                return None
            own = candidates
        candidates = own
    if nan_out and any(nan for _, nan, _, _ in candidates):
        candidates = [c for c in candidates if c[1]]
    if nan_out and op.type in _UNDEFINED and all(not c[1] and intended(trace, c[2]) for c in candidates):
        return None  # 0 times an infinity that was meant, or the difference of two
    constants = [c for c in candidates if _is_constant(trace, c[2])]
    if constants and len(constants) == len(candidates):
        return None  # an intended infinity: what was made of it is the origin
    candidates = [c for c in candidates if c not in constants] or candidates
    if nan_out and len(candidates) > 1 and not any(c[1] for c in candidates):
        # infinities that cancel: the one that was there first, not the one whose last operation came first
        candidates = [(_root(trace, c[2], c[3]), *c[1:]) for c in candidates]
    _, _, tensor, found = min(candidates, key=lambda c: c[0])
    return tensor, found


def _beside(trace: Trace, op: Op) -> list[tuple[int, bool, int, Index]]:
    """The NaN of another row of a product in bfloat16 or float16: where a kernel fills its last block with the numbers
    that come next, times 0, a row that is finite takes the NaN of its neighbour."""
    found: list[tuple[int, bool, int, Index]] = []
    for tensor in op.inputs:
        array = trace.value(tensor)
        if array is not None and is_float(array) and array.dtype.itemsize == 2 and np.isnan(array).any():
            found.append(
                (_born(trace, tensor) or 0, True, tensor, tuple(int(i) for i in np.argwhere(np.isnan(array))[0]))
            )
    return found


def _born(trace: Trace, start: int) -> int | None:
    """The index of the first operation on the way to a tensor that made anything not finite; None where all is finite.

    Of two bad terms it tells which went bad first. It looks at whole tensors, each of them once, so that it costs little.
    """
    known, waiting = trace.born, [start]
    opened: set[int] = set()  # a call may give back what it was given
    while waiting:
        tensor = waiting[-1]
        op, array = trace.producer.get(tensor), trace.value(tensor)
        if tensor in known:
            waiting.pop()
        elif array is None or not is_float(array) or bool(np.isfinite(array).all()):
            known[tensor] = None
        elif op is None:
            known[tensor] = 0
        elif tensor not in opened:
            opened.add(tensor)
            waiting += [t for t in op.inputs if t not in known and t not in opened]
        else:
            came = [at for t in op.inputs if (at := known.get(t)) is not None and not _is_constant(trace, t)]
            known[tensor] = min(came, default=op.index)
    return known[start]


_UNDEFINED = frozenset(["Mul", "MulNoNan", "Sub", "AddV2"])


def _root(trace: Trace, tensor: int, index: Index) -> int:
    """The index of the operation that an element's infinity comes from."""
    found = walk(trace, tensor, index=index)
    return found.op.index if found is not None and found.op is not None else 0


def _stands_for_nan(trace: Trace, tensor: int, index: Index) -> bool:
    """Whether an element is the least number there is because max pooling saw nothing but NaN there."""
    array = trace.value(tensor)
    op = trace.producer.get(tensor)
    if array is None or op is None or array.dtype.kind != "f" or array[index] != np.finfo(array.dtype).min:
        return False
    made = [
        (op.inputs[p], i) for p, indices in contributors(trace, op, op.outputs.index(tensor), index) for i in indices
    ]
    if op.type.startswith("MaxPool"):
        values = [value[i] for t, i in made if (value := trace.value(t)) is not None]
        return bool(np.isnan(values).any())
    return len(made) == 1 and _stands_for_nan(trace, *made[0])


def _too_large_to_cast(trace: Trace, tensor: int, index: Index) -> bool:
    """Whether an infinity is a number that a cast to a narrower type could not hold: nobody chose that."""
    found = walk(trace, tensor, index=index)
    return found is not None and found.op is not None and found.op.type == "Cast" and found.source is None


def _unselected(trace: Trace, op: Op, output: int, index: Index) -> bool:
    """Whether an incoming gradient of exactly 0 met the infinity: the forward value was not used."""
    if op.type not in ("Mul", "MulNoNan", "RealDiv"):
        return False
    for position, indices in contributors(trace, op, output, index):
        array = trace.value(op.inputs[position])
        if array is not None and any(array[i] == 0 for i in indices):
            return True
    return False


def _forward_harmful(trace: Trace) -> bool:
    loss = trace.value(trace.loss) if trace.loss is not None else None
    return loss is not None and is_float(loss) and not bool(np.isfinite(loss).all())


def _is_backward(trace: Trace, tensor: int) -> bool:
    op = trace.producer.get(tensor)
    return op is not None and op.phase == "gradient"


def _is_forward(trace: Trace, tensor: int) -> bool:
    op = trace.producer.get(tensor)
    return op is not None and op.phase in ("forward", "loss") and op.type not in ("ReadVariableOp", "ResourceGather")


def _is_constant(trace: Trace, tensor: int) -> bool:
    if tensor in trace.producer:
        op = trace.producer[tensor]
        if op.type in ("Const", "ZerosLike", "OnesLike"):
            return True
        if op.type == "Fill":  # with a number that is written down, or with one that was computed
            return op.inputs[-1] not in trace.producer or _is_constant(trace, op.inputs[-1])
        # a constant that was only moved, negated or cast without change of kind stays a constant
        if op.type in ("Reshape", "ExpandDims", "Tile", "BroadcastTo", "Identity", "Neg") and op.inputs:
            return _is_constant(trace, op.inputs[0])
        return False
    source = trace.sources.get(tensor)
    array = trace.value(tensor)
    if array is None or bool(np.isnan(array).any()) or (source is not None and source.kind != "constant"):
        return False
    if _is_one_row(trace, array):
        return True
    return len(np.unique(array[np.isfinite(array)][:4096])) <= 3  # a mask of -inf, not data with an infinity in it


def _is_one_row(trace: Trace, array: Array) -> bool:
    """Whether an array is the same for all rows of a batch that is known: a layer keeps it, as the scale of its inputs."""
    batch = next((t for t, source in trace.sources.items() if source.kind == "batch" and source.name), None)
    rows = trace.value(batch) if batch is not None else None
    return rows is not None and rows.ndim > 0 and rows.shape[0] > 1 and array.ndim > 1 and array.shape[0] == 1


def _softmax_passes(trace: Trace, op: Op, index: Index) -> bool:
    """Whether the badness of a softmax row was handed in. A row of nothing but `-inf` is its own undefined case, where
    these were meant to mask: written down, given, or the logarithm of a mask. A division or a product is no mask."""
    scores = trace.value(op.inputs[0])
    if scores is None or not bool(np.isneginf(scores[index[:-1]]).all()):
        return True
    found = walk(trace, op.inputs[0], index=index)
    if found is None or found.source is not None or found.op is None or found.op.type not in _ARITHMETIC:
        return False
    return not intended(trace, op.inputs[0], index)


_ARITHMETIC = frozenset(["RealDiv", "Div", "Reciprocal", "Square", "Sum", "MatMul", "BatchMatMulV2", "Exp"])


def _through_variable(trace: Trace, op: Op, output: int, index: Index) -> tuple[int, Index] | None:
    write = last_write(trace, op)
    if write is None:
        return None
    for tensor in write.inputs[1:]:
        array = trace.value(tensor)
        if array is None or not is_float(array):
            continue
        if index and array.shape and len(array.shape) == len(index) and array[index] is not None:
            if all(i < n for i, n in zip(index, array.shape, strict=True)) and not np.isfinite(array[index]):
                return tensor, index
        elif array.ndim == 0 and not np.isfinite(array):
            return tensor, ()
        bad = bad_elements(array)
        if bad:
            return tensor, bad[0]
    return None


def _source_end(trace: Trace, tensor: int, index: Index, path: list[Visit]) -> Found:
    op = trace.producer.get(tensor)
    source = trace.sources.get(tensor)
    if source is None and op is not None and op.inputs and op.type != "IteratorGetNext":
        source = trace.sources.get(op.inputs[0], Source("variable", "variable"))
    array = trace.value(tensor)
    if source is None and (op is None or op.type == "IteratorGetNext") and not _is_constant(trace, tensor):
        source = Source("batch", _role(trace, tensor))
        trace.sources[tensor] = source
    if source is None and array is not None and len(path) > 1:
        # a constant: the operation that first made NaN (or the symptom) of it
        previous = path[-2]
        return Found(
            previous.op, previous.output, previous.tensor, previous.index, Source("constant", "constant"), path
        )
    return Found(op, 0, tensor, index, source, path)


def _role(trace: Trace, tensor: int) -> str:
    """`x` for a tensor that the forward pass takes in, `y` for one that only the loss reads."""
    for op in trace.ops:
        if tensor in op.inputs and op.phase in ("forward", "loss"):
            return "y" if op.phase == "loss" else "x"
    return "x"
