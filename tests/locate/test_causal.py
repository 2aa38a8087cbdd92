"""Attribution is causal: on random graphs, the planted singular operation is named, whatever benign ones stand around."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from whynan.case.nouns import Op, Source, Trace
from whynan.locate.describe import reason
from whynan.locate.origin import walk

SHAPE = (3, 2)
SMOOTH = ("Tanh", "Neg", "AddV2", "Mul", "Maximum")


class Graph:
    """Grows a trace operation by operation; values are computed as the framework would."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.values: dict[int, np.ndarray] = {}
        self.ops: list[Op] = []
        self.sources: dict[int, Source] = {}
        self.good: list[int] = []
        for name in ("x", "y"):
            self.good.append(self.tensor(self.random.uniform(0.5, 1.5, SHAPE).astype("float32")))
            self.sources[self.good[-1]] = Source("batch", name)

    def tensor(self, value: np.ndarray) -> int:
        number = len(self.values)
        self.values[number] = value
        return number

    def op(self, kind: str, *inputs: int) -> int:
        arrays = [self.values[i] for i in inputs]
        functions = {
            "Tanh": np.tanh, "Neg": np.negative, "AddV2": np.add, "Mul": np.multiply, "Maximum": np.maximum,
            "Sub": np.subtract, "Log": np.log, "Sqrt": np.sqrt, "RealDiv": np.divide, "SelectV2": np.where,
            "Sum": np.sum, "Reciprocal": np.reciprocal,
        }  # fmt: skip
        with np.errstate(all="ignore"):
            out = self.tensor(np.asarray(functions[kind](*arrays)))
        self.ops.append(Op(len(self.ops) + 1, kind, inputs, (out,), {}, phase="loss"))
        return out

    def smooth(self, kind: str) -> int:
        arity = 1 if kind in ("Tanh", "Neg") else 2
        picked = [self.good[self.random.integers(len(self.good))] for _ in range(arity)]
        self.good.append(self.op(kind, *picked))
        return self.good[-1]

    def singular(self, kind: str, index: tuple[int, int]) -> int:
        """An operation that is singular at one element only."""
        value = np.full(SHAPE, 0.5, "float32")
        value[index] = -1.0 if kind == "Sqrt" else 0.0
        bound = self.tensor(value)
        base = self.op("Mul", bound, self.tensor(np.ones(SHAPE, "float32")))
        inputs = (self.good[0], base) if kind == "RealDiv" else (base,)
        return self.op(kind, *inputs)

    def masked(self, kind: str, index: tuple[int, int]) -> int:
        """The same, but the singular branch is not selected: benign."""
        out = self.singular(kind, index)
        keep = np.ones(SHAPE, bool)
        keep[index] = False
        chosen = self.op("SelectV2", self.tensor(keep), out, self.tensor(np.zeros(SHAPE, "float32")))
        self.good.append(chosen)
        return chosen

    def trace(self) -> Trace:
        def execute(op: Op, inputs: dict[int, np.ndarray]) -> list[np.ndarray]:
            raise NotImplementedError(op.type)

        return Trace(self.ops, self.values.get, execute, self.sources)


kinds = st.sampled_from(["Log", "Sqrt", "RealDiv", "Reciprocal"])
places = st.tuples(st.integers(0, 2), st.integers(0, 1))


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    before=st.lists(st.sampled_from(SMOOTH), max_size=6),
    benign=st.lists(st.tuples(kinds, places), max_size=3),
    unused=st.lists(st.tuples(kinds, places), max_size=2),
    planted=st.tuples(kinds, places),
    after=st.lists(st.sampled_from(SMOOTH[:3]), max_size=5),
)
def test_the_planted_operation_is_named(
    seed: int,
    before: list[str],
    benign: list[tuple[str, tuple[int, int]]],
    unused: list[tuple[str, tuple[int, int]]],
    planted: tuple[str, tuple[int, int]],
    after: list[str],
) -> None:
    graph = Graph(seed)
    for kind in before:
        graph.smooth(kind)
    for kind, index in unused:
        graph.singular(kind, index)  # bad, but nothing reads it
    for kind, index in benign:
        graph.masked(kind, index)
    kind, index = planted
    bad = graph.singular(kind, index)
    guilty = graph.ops[-1]
    at = graph.op("AddV2", bad, graph.good[-1])
    for step in after:
        at = graph.op(step, at) if step in ("Tanh", "Neg") else graph.op(step, at, graph.smooth("Tanh"))
        if np.isfinite(graph.values[at]).all():  # tanh(inf) is 1: the badness ended here
            return
    loss = graph.op("Sum", at)
    found = walk(graph.trace(), loss)
    assert found is not None
    assert found.op is guilty
    assert found.index == index


def test_a_quotient_of_zero_is_explained_by_its_dividend() -> None:
    graph = Graph(0)
    nothing = graph.op("Mul", graph.good[0], graph.tensor(np.zeros(SHAPE, "float32")))
    divisor = graph.op("Mul", graph.good[1], graph.tensor(np.full(SHAPE, 1e-3, "float32")))
    quotient = graph.op("RealDiv", nothing, divisor)
    graph.op("Log", quotient)
    trace = graph.trace()
    behind = [link.value_out for link in reason(trace, trace.producer[quotient], 0, (0, 0))]
    assert behind == [0.0, 0.0]


def test_a_quotient_is_explained_by_its_divisor_otherwise() -> None:
    graph = Graph(0)
    large = graph.op("Mul", graph.good[0], graph.tensor(np.full(SHAPE, 1e20, "float32")))
    small = graph.op("Mul", graph.good[1], graph.tensor(np.full(SHAPE, 1e-20, "float32")))
    quotient = graph.op("RealDiv", large, small)
    trace = graph.trace()
    behind = [link.value_out for link in reason(trace, trace.producer[quotient], 0, (0, 0))]
    assert behind[0] == graph.values[small][0, 0]


def softmax_of(graph: Graph, scores: int) -> int:
    """The softmax of rows, as an operation that the graph cannot compute."""
    with np.errstate(all="ignore"):
        shifted = np.exp(graph.values[scores] - graph.values[scores].max(axis=1, keepdims=True))
        out = graph.tensor(shifted / shifted.sum(axis=1, keepdims=True))
    graph.ops.append(Op(len(graph.ops) + 1, "Softmax", (scores,), (out,), {}, phase="forward"))
    return out


def test_a_row_of_masks_ends_at_the_softmax_and_a_division_by_zero_does_not() -> None:
    graph = Graph(0)
    keep = graph.tensor(np.array([[True, True], [False, False], [True, False]]))
    masked = graph.op("SelectV2", keep, graph.good[0], graph.tensor(np.full(SHAPE, -np.inf, "float32")))
    chosen = softmax_of(graph, masked)
    found = walk(graph.trace(), chosen)
    assert found is not None
    assert found.op is graph.ops[-1]
    cooled = graph.op("RealDiv", graph.op("Neg", graph.good[0]), graph.tensor(np.zeros(SHAPE, "float32")))
    division = graph.ops[-1]
    chosen = softmax_of(graph, cooled)
    found = walk(graph.trace(), chosen)
    assert found is not None
    assert found.op is division


def test_a_product_in_half_precision_may_take_the_nan_of_a_neighbour() -> None:
    graph = Graph(0)
    half = graph.good[0]
    graph.values[half] = np.ones(SHAPE, "float16")
    bad = graph.op("Log", graph.tensor(np.array([[1, 1], [-1, 1], [1, 1]], "float16")))
    log = graph.ops[-1]
    out = graph.tensor(np.array([[np.nan, np.nan], [np.nan, np.nan], [1, 1]], "float16"))
    graph.ops.append(Op(9, "MatMul", (bad, graph.tensor(np.ones((2, 2), "float16"))), (out,), {}, phase="forward"))
    found = walk(graph.trace(), out, index=(0, 0))
    assert found is not None
    assert found.op is log
