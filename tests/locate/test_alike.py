"""A model that answers the same whatever it is given, and where its rows stopped to differ."""

from __future__ import annotations

import numpy as np

from whynan.case.nouns import Op, Source, Trace
from whynan.locate.alike import LEAST, alike

X, Y, KERNEL = 0, 1, 2
ROWS = np.arange(LEAST, dtype="float32")[:, None]


def trace(
    *ops: tuple[str, tuple[int, ...], np.ndarray], given: np.ndarray = ROWS, targets: np.ndarray = ROWS % 3
) -> Trace:
    """A step of these operations, `type, inputs, result`, numbered from 3 on; the last one is the loss'."""
    values = {X: given, Y: targets, KERNEL: np.ones((1, 1), "float32")}
    made = []
    for number, (kind, inputs, result) in enumerate(ops, start=3):
        values[number] = result
        phase = "loss" if number == len(ops) + 2 else "forward"
        made.append(Op(number, kind, inputs, (number,), {}, layer="dense" if phase == "forward" else None, phase=phase))

    def execute(op: Op, inputs: dict[int, np.ndarray]) -> list[np.ndarray]:
        raise NotImplementedError(op.type)

    sources = {X: Source("batch", "x"), Y: Source("batch", "y"), KERNEL: Source("variable", "kernel")}
    return Trace(made, values.get, execute, sources)


DENSE = ("MatMul", (X, KERNEL), ROWS)
DEAD = ("Relu", (3,), np.zeros_like(ROWS))


def error(answer: int) -> tuple[str, tuple[int, ...], np.ndarray]:
    return ("SquaredDifference", (answer, Y), ROWS)


def test_the_operation_that_makes_the_rows_alike_is_found() -> None:
    (found,) = alike(trace(DENSE, DEAD, error(4)))
    assert (found.op, found.layer, found.value_out) == ("Relu", "dense", 0.0)


def test_what_follows_it_is_not() -> None:
    (found,) = alike(trace(DENSE, DEAD, ("AddV2", (4, KERNEL), np.ones_like(ROWS)), error(5)))
    assert found.op == "Relu"


def test_each_of_several_branches_is_found() -> None:
    other = ("Bucketize", (3,), np.zeros_like(ROWS))
    found = alike(trace(DENSE, DEAD, other, ("AddV2", (4, 5), np.zeros_like(ROWS)), error(6)))
    assert [i.op for i in found] == ["Relu", "Bucketize"]


def test_an_answer_that_differs_in_one_row_is_an_answer() -> None:
    nearly = np.zeros_like(ROWS)
    nearly[-1] = 1e-9
    assert not alike(trace(DENSE, ("Relu", (3,), nearly), error(4)))


def test_targets_that_are_all_the_same_ask_for_one_answer() -> None:
    assert not alike(trace(DENSE, DEAD, error(4), targets=np.ones_like(ROWS)))


def test_a_dead_branch_beside_a_living_one_is_nothing() -> None:
    assert not alike(trace(DENSE, DEAD, ("AddV2", (3, 4), ROWS), error(5)))


def test_an_input_that_is_the_same_in_each_row_is_named() -> None:
    unknown = np.full_like(ROWS, 7.0)
    (found,) = alike(trace(("MatMul", (X, KERNEL), unknown), error(3), given=unknown))
    assert (found.op, found.expression, found.value_out) == ("", "x", 7.0)


def test_an_output_at_its_end_is_one_answer_where_the_targets_lie_beyond_it() -> None:
    ends = (0.99 + ROWS * 1e-3).astype("float32")
    sigmoid = ("Sigmoid", (3,), ends)
    (found,) = alike(trace(DENSE, sigmoid, error(4), targets=ROWS + 40))
    assert found.op == "Sigmoid"
    assert not alike(trace(DENSE, sigmoid, error(4), targets=ROWS % 2))  # classes: it may well be right
