"""Which operation inside of a statement made a bad value."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
import pytest

from whynan.record.arithmetic import guilty

NAMES: dict[str, Any] = {
    "np": np,
    "codes": np.ones((4, 3)),
    "owner": np.zeros(4, int),
    "counts": [2.0, 0.0, 5.0],
    "names": ["a", "b", "c"],
    "pixels": np.ones((32, 8), "uint8"),
    "once": iter([1.0, 0.0]),
}


def found(statement: str) -> list[tuple[str, str]]:
    """Type and text of the guilty operations of a statement."""
    read = lambda value: value if isinstance(value, np.ndarray) else None  # noqa: E731
    return [(o.op, o.expression) for o in guilty(ast.parse(statement).body[0], NAMES, statement, read)]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "m = np.stack([codes[owner == k].mean(axis=0) for k in range(2)])",
            [("Mean", "codes[owner == k].mean(axis=0)")],
        ),
        ("m = [np.float64(1.0) / c for c in counts]", [("RealDiv", "np.float64(1.0) / c")]),
        ("m = [np.log(c) for n, c in zip(names, counts)]", [("Log", "np.log(c)")]),
        ("m = [np.log(c) for c in counts if c > 0]", []),
        ("m = np.log(codes) + len(counts)", []),
    ],
)
def test_rounds_of_a_comprehension(statement: str, expected: list[tuple[str, str]]) -> None:
    assert found(statement) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("t = dict(a=np.log(owner), b=owner)", [("Log", "np.log(owner)")]),
        ("t = {'a': counts, 'b': np.sqrt(owner - 1.0)}", [("Sqrt", "np.sqrt(owner - 1.0)")]),
        ("t = np.log(codes) if len(counts) > 2 else np.log(owner)", []),
        ("t = np.log(owner) if len(counts) > 2 else codes", [("Log", "np.log(owner)")]),
        ("t = np.sum(pixels, dtype='uint8') / 2.0", [("Sum", "np.sum(pixels, dtype='uint8')")]),
        ("t = pixels.sum() / 2.0", []),
        ("t = np.sum(pixels, initial=3)", []),
    ],
)
def test_parts_of_a_statement(statement: str, expected: list[tuple[str, str]]) -> None:
    assert found(statement) == expected


@pytest.mark.parametrize("iterated", ["once", "zip(names, once)", "enumerate(once)", "[sum(once)]"])
def test_what_can_be_read_only_once_is_left_alone(iterated: str) -> None:
    NAMES["once"] = iter([1.0, 0.0])
    assert found(f"m = [np.log(v) for v in {iterated}]") == []
    assert next(NAMES["once"]) == 1.0
