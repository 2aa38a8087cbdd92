"""Which elements of an operation's inputs made one element of its output.

Element-wise operations keep the index (with broadcasting), reductions and products name the terms, a selection names
the branch that it took, and an operation that only moves data is run again on an array of indices, so that each of
them is right without being written again here.
"""

from __future__ import annotations

import re

import numpy as np

from whynan.case.nouns import Array, Op, Trace, is_float

Index = tuple[int, ...]
Picked = list[tuple[int, list[Index]]]  # input position, indices into that input

MOVES = frozenset(
    [
        "Reshape",
        "Transpose",
        "Tile",
        "BroadcastTo",
        "Slice",
        "StridedSlice",
        "ConcatV2",
        "Concat",
        "Pack",
        "Unpack",
        "Split",
        "SplitV",
        "Pad",
        "PadV2",
        "MirrorPad",
        "GatherV2",
        "Gather",
        "GatherNd",
        "ReverseV2",
        "Reverse",
        "ReverseSequence",
        "Roll",
        "ExpandDims",
        "Squeeze",
        "SpaceToDepth",
        "DepthToSpace",
        "SpaceToBatchND",
        "BatchToSpaceND",
        "MatrixDiagPartV3",
        "MatrixDiagV3",
        "MatrixBandPart",
        "StridedSliceGrad",
        "ResizeNearestNeighbor",
        "TensorScatterUpdate",
        "ScatterNd",
        "DynamicStitch",
        "DynamicPartition",
        "Snapshot",
        "BatchMatrixDiag",
        "Conjugate",
        "Real",
    ]
)
REDUCTIONS = frozenset(["Sum", "Mean", "Prod", "Max", "Min", "EuclideanNorm"])
_WINDOW = re.compile(r"(DepthwiseConv|Conv|MaxPool|AvgPool)(?!.*(Grad|Backprop))")
SELECTS = frozenset({"Select", "SelectV2"})
SAME = frozenset(
    [
        "Identity",
        "StopGradient",
        "Cast",
        "PreventGradient",
        "CheckNumerics",
        "IdentityN",
        "ReadVariableOp",
        "Abs",
        "Neg",
        "EnsureShape",
        "CheckNumericsV2",
        "OptionalFromValue",
        "OptionalGetValue",
    ]
)
ELEMENTWISE = frozenset(
    ["Add", "AddV2", "Sub", "Mul", "RealDiv", "Div", "DivNoNan", "MulNoNan", "Maximum", "Minimum", "Pow", "SquaredDifference", "Xdivy", "Xlogy", "Xlog1py", "Atan2", "FloorDiv", "FloorMod", "Mod", "TruncateMod", "TruncateDiv", "Exp", "Expm1", "Log", "Log1p", "Sqrt", "Rsqrt", "Square", "Reciprocal", "Inv", "Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Sigmoid", "Tanh", "Softplus", "Softsign", "Erf", "Erfc", "Erfinv", "Ndtri", "Lgamma", "Digamma", "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh", "Sign", "Floor", "Ceil", "Round", "Rint", "ClipByValue", "SqrtGrad", "RsqrtGrad", "ReciprocalGrad", "InvGrad", "SigmoidGrad", "TanhGrad", "ReluGrad", "Relu6Grad", "LeakyReluGrad", "EluGrad", "SeluGrad", "SoftplusGrad", "SoftsignGrad", "AddN", "AccumulateNV2", "Igamma", "Igammac", "Polygamma", "Zeta", "ZerosLike", "OnesLike", "BesselI0", "BesselI1", "BesselI0e", "BesselI1e", "NextAfter", "FusedBatchNormGradV3X"]
) | SAME  # fmt: skip


def _broadcast_index(index: Index, shape: tuple[int, ...]) -> Index:
    tail = index[len(index) - len(shape) :] if shape else ()
    return tuple(0 if size == 1 else i for i, size in zip(tail, shape, strict=True))


def _everything(array: Array, limit: int = 64) -> list[Index]:
    """A few of the non-finite elements of an array, then of those with the least number, which may stand for NaN."""
    if array.ndim == 0:
        return [()]
    if not is_float(array):
        return []
    least = np.finfo(array.dtype).min if array.dtype.kind == "f" else -np.inf
    found = [*np.argwhere(~np.isfinite(array))[:limit], *np.argwhere(array == least)[:limit]]
    return [tuple(int(i) for i in row) for row in found][:limit]


def _along(array: Array, index: list[int | slice]) -> list[Index]:
    """The indices of a slice of `array`, non-finite ones first, a few of them."""
    if array.ndim == 0:
        return [()]
    grid = np.stack(
        np.meshgrid(*[np.arange(n)[i] if isinstance(i, slice) else [i] for i, n in zip(index, array.shape, strict=True)],
                    indexing="ij"), axis=-1
    ).reshape(-1, array.ndim)  # fmt: skip
    values = array[tuple(grid.T)]
    if is_float(array):
        bad = ~np.isfinite(values)
        order = np.argsort(~bad, kind="stable")[: max(int(bad.sum()), 1) if bad.any() else 32]
        grid = grid[order]
    return [tuple(int(i) for i in row) for row in grid[:64]]


def _reduction(op: Op, arrays: list[Array | None], index: Index) -> Picked:
    data = arrays[0]
    return [] if data is None else [(0, _along(data, reduced(op, data, arrays, index)))]


def reduced(op: Op, data: Array, arrays: list[Array | None], index: Index) -> list[int | slice]:
    """Where in its input the elements lie that a reduction made an element of."""
    axes_input = arrays[1] if len(arrays) > 1 else None
    axes = (
        {int(a) % max(data.ndim, 1) for a in np.atleast_1d(axes_input)}
        if axes_input is not None
        else set(range(data.ndim))
    )
    kept = iter(index)
    keep_dims = bool(op.attrs.get("keep_dims", False))
    place: list[int | slice] = []
    for axis in range(data.ndim):
        if axis in axes:
            if keep_dims:
                next(kept, None)
            place.append(slice(None))
        else:
            place.append(next(kept, 0))
    return place


def _product(op: Op, arrays: list[Array | None], index: Index) -> Picked:
    a, b = arrays[0], arrays[1]
    if a is None or b is None or len(index) < 2:
        return []
    flip_a = bool(op.attrs.get("transpose_a", False) or op.attrs.get("adj_x", False))
    flip_b = bool(op.attrs.get("transpose_b", False) or op.attrs.get("adj_y", False))
    *batch, i, j = index
    batch_a = list(_broadcast_index(tuple(batch), a.shape[:-2]))
    batch_b = list(_broadcast_index(tuple(batch), b.shape[:-2]))
    place_a: list[int | slice] = [*batch_a, *((slice(None), i) if flip_a else (i, slice(None)))]
    place_b: list[int | slice] = [*batch_b, *((j, slice(None)) if flip_b else (slice(None), j))]
    return [(0, _along(a, place_a)), (1, _along(b, place_b))]


def _einsum(op: Op, arrays: list[Array | None], index: Index) -> Picked | None:
    """The slices of the operands that an equation sums over; None where it has an ellipsis or a diagonal."""
    equation = op.attrs.get("equation", "")
    text = (equation.decode() if isinstance(equation, bytes) else str(equation)).replace(" ", "")
    terms, arrow, result = text.partition("->")
    names = terms.split(",")
    if not arrow or "." in text or len(result) != len(index) or len(names) != len(arrays):
        return None
    fixed = dict(zip(result, index, strict=True))
    picked: Picked = []
    for position, (array, name) in enumerate(zip(arrays, names, strict=True)):
        if array is None or array.ndim != len(name) or len(set(name)) != len(name):
            return None
        picked.append((position, _along(array, [fixed.get(label, slice(None)) for label in name])))
    return picked


def _window(arrays: list[Array | None], index: Index) -> Picked:
    """What a convolution or pooling may have seen: its own row of the batch, and all weights."""
    picked: Picked = []
    for position, array in enumerate(arrays):
        if array is None or not is_float(array):
            continue
        own = position == 0 and array.ndim == len(index)
        found = [(index[0], *i) for i in _everything(array[index[0]])] if own else _everything(array)
        picked.append((position, found))
    return picked


def _moved(trace: Trace, op: Op, arrays: list[Array | None], output: int, index: Index) -> Picked | None:
    positions = [k for k, array in enumerate(arrays) if array is not None and is_float(array)]
    if not positions:
        return None
    start = 1
    replaced: dict[int, Array] = {}
    starts: list[tuple[int, int, tuple[int, ...]]] = []
    for k in positions:
        array = arrays[k]
        assert array is not None
        replaced[k] = np.arange(start, start + array.size, dtype=np.float64).reshape(array.shape)
        starts.append((start, k, array.shape))
        start += array.size
    code = int(trace.execute(op, replaced)[output][index])
    for first, k, shape in reversed(starts):
        if code >= first:
            return [(k, [tuple(int(i) for i in np.unravel_index(code - first, shape))])]
    return []


def contributors(trace: Trace, op: Op, output: int, index: Index) -> Picked:
    """Input elements that made element `index` of output number `output`; as few as the operation allows."""
    arrays = [trace.value(t) if t != -1 else None for t in op.inputs]
    if op.type in SELECTS and arrays[0] is not None:
        condition = arrays[0]
        at = _broadcast_index(index, condition.shape) if condition.ndim else ()
        if op.type == "Select" and condition.ndim == 1 and len(index) > 1:
            at = (index[0],)
        branch = 1 if bool(condition[at]) else 2
        chosen = arrays[branch]
        return [] if chosen is None else [(branch, [_broadcast_index(index, chosen.shape)])]
    if op.type in ELEMENTWISE:
        picked: Picked = []
        for k, array in enumerate(arrays):
            if array is not None and (op.type not in ("IdentityN",) or k == output):
                try:
                    picked.append((k, [_broadcast_index(index, array.shape)]))
                except (ValueError, IndexError):
                    picked.append((k, _everything(array)))
        return picked
    if op.type in REDUCTIONS:
        return _reduction(op, arrays, index)
    if op.type in ("MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3") and len(arrays) >= 2:
        return _product(op, arrays, index)
    if op.type == "Einsum" and (terms := _einsum(op, arrays, index)) is not None:
        return terms
    if _WINDOW.match(op.type) and index:
        return _window(arrays, index)
    if op.type in ("BiasAdd",) and arrays[1] is not None:
        channel = index[1] if op.attrs.get("data_format") in (b"NCHW", "NCHW") else index[-1]
        return [(0, [index]), (1, [(channel,)])]
    if op.type in ("Softmax", "LogSoftmax") and arrays[0] is not None:
        return [(0, _along(arrays[0], [*index[:-1], slice(None)]))]
    if op.type in MOVES:
        try:
            found = _moved(trace, op, arrays, output, index)
            if found is not None:
                return found
        except Exception:
            pass
    return [(k, _everything(array)) for k, array in enumerate(arrays) if array is not None and is_float(array)]
