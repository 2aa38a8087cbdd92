"""Integer arithmetic that wrapped around is found behind what it led to, and exact arithmetic is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from whynan.case.nouns import Op, Trace
from whynan.locate.wrapped import wrapped


def trace(ops: list[Op], values: dict[int, Any]) -> Trace:
    def execute(op: Op, inputs: dict[int, np.ndarray]) -> list[np.ndarray]:
        raise NotImplementedError(op.type)

    return Trace(ops, {k: np.asarray(v) for k, v in values.items()}.get, execute, {})


def mean_over(count: int, kind: str, between: str = "Cast") -> str:
    """`total / cast(sum(mask))`, where the mask of so many ones is summed as integers of a kind."""
    mask = np.ones((1, count), kind)
    total = mask.sum(axis=1, dtype=kind)
    ops = [
        Op(1, "Sum", (0, 1), (2,), {}),
        Op(2, between, (2,), (3,), {}),
        Op(3, "RealDiv", (4, 3), (5,), {}),
    ]
    values = {0: mask, 1: np.array([1]), 2: total, 3: total.astype("float32"), 4: np.zeros(1, "float32")}
    with np.errstate(all="ignore"):
        values[5] = values[4] / values[3]
    return wrapped(trace(ops, values), ops[-1], 0, (0,))


def test_a_sum_that_its_kind_cannot_hold() -> None:
    assert mean_over(512, "uint8") == "a sum of 512 gave 0 in uint8"


@pytest.mark.parametrize(("count", "kind"), [(200, "uint8"), (512, "int32")])
def test_a_sum_that_fits(count: int, kind: str) -> None:
    assert mean_over(count, kind) == ""


def test_what_a_hash_made_is_meant_to_wrap() -> None:
    assert mean_over(512, "uint8", between="FloorMod") == ""


def test_a_product_and_a_cast() -> None:
    a, b = np.array([70_000], "int32"), np.array([70_000], "int32")
    with np.errstate(all="ignore"):
        product = a * b
    op = Op(1, "Mul", (0, 1), (2,), {})
    said = wrapped(trace([op], {0: a, 1: b, 2: product}), op, 0, (0,))
    assert said == f"70000 * 70000 gave {product[0]} in int32"
    op = Op(1, "Cast", (0,), (1,), {})
    large = np.array([40_000], "int32")
    assert (
        wrapped(trace([op], {0: large, 1: large.astype("int16")}), op, 0, (0,))
        == "the cast of 40000 to int16 gave -25536"
    )
