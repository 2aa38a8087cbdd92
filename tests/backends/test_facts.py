"""What is said of the user's arrays: which few rows are out of all scale."""

from __future__ import annotations

import numpy as np

from whynan.backends.tensorflow.facts import array_facts


def table() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(400, 3)) * [1.0, 50.0, 1e5]


def test_a_placeholder_in_one_column_is_an_outlier() -> None:
    x = table()
    x[[7, 12], 0] = 9.97e36
    facts = array_facts("fit x", x, "dataset")
    assert facts is not None
    assert facts.outliers == [7, 12]
    assert facts.outlier_count == 2
    assert facts.usual is not None
    assert 1e5 < facts.usual < 1e6


def test_columns_of_different_size_and_heavy_tails_are_not() -> None:
    tail = np.random.default_rng(1).lognormal(0, 1.5, size=(400, 2))
    small = table()
    small[7, 0] = -9999.0  # far from its column, and small beside another one: it is not what overflowed
    for x in (table(), tail, small, table()[:20]):
        facts = array_facts("fit x", x, "dataset")
        assert facts is not None
        assert facts.outliers == []


def test_a_batch_is_too_small_to_tell() -> None:
    x = table()
    x[7] = 1e30
    facts = array_facts("x", x, "batch")
    assert facts is not None
    assert facts.outliers == []
