"""A row of the batch that met a column in the loss, and pairs of rows that are meant."""

from __future__ import annotations

import numpy as np
import pytest

from whynan.case.nouns import Op, Source, Trace
from whynan.locate.broadcast import all_pairs

ROWS = 8
Y, WEIGHT, X = 0, 1, 2
COLUMN, ROW = np.ones((ROWS, 1), "float32"), np.ones(ROWS, "float32")


def trace(answer: np.ndarray, targets: np.ndarray, *, made_by: str = "BiasAdd", both: bool = False) -> Trace:
    """`answer - targets`; `made_by` is the operation outside of a layer that gives the answer its shape."""
    values = {Y: targets, WEIGHT: np.ones((1, 1), "float32"), X: COLUMN, 3: COLUMN, 4: answer}
    layer = "dense" if made_by == "BiasAdd" else None
    ops = [
        Op(1, "MatMul", (X, WEIGHT), (3,), {}, layer="dense", phase="forward"),
        Op(2, made_by, (3,), (4,), {}, layer=layer, phase="forward"),
        Op(3, "Sub", (4, 5 if both else Y), (6,), {}, phase="loss"),
    ]
    if both:
        values[5] = targets
        ops.insert(2, Op(4, "Squeeze", (4,), (5,), {}, phase="forward"))
    values[6] = answer - targets

    def execute(op: Op, inputs: dict[int, np.ndarray]) -> list[np.ndarray]:
        raise NotImplementedError(op.type)

    sources = {X: Source("batch", "x"), Y: Source("batch", "y"), WEIGHT: Source("variable", "kernel")}
    return Trace(ops, values.get, execute, sources)


@pytest.mark.parametrize(("answer", "targets"), [(COLUMN, ROW), (ROW, COLUMN)])
def test_a_row_and_a_column_are_found(answer: np.ndarray, targets: np.ndarray) -> None:
    found = all_pairs(trace(answer, targets, made_by="BiasAdd" if answer is COLUMN else "Squeeze"))
    assert found is not None
    assert found.op is not None
    assert (found.op.type, found.tensor) == ("Sub", 6)


@pytest.mark.parametrize("answer", [COLUMN, ROW])
def test_equal_shapes_are_not(answer: np.ndarray) -> None:
    assert all_pairs(trace(answer, answer)) is None


def test_a_column_that_the_script_makes_is_meant() -> None:
    assert all_pairs(trace(COLUMN, ROW, made_by="ExpandDims")) is None


def test_two_answers_of_the_model_are_compared_on_purpose() -> None:
    assert all_pairs(trace(COLUMN, ROW, both=True)) is None
