"""What the events of one instrumented step say: gradients that were held back, skipped, or made larger."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest
import tensorflow as tf

from whynan.backends.tensorflow.instrument import Events, held_back, skipped

GOOD, BAD = [tf.constant([3.0, 4.0])], [tf.constant([math.inf, 1.0])]
SGD: Any = SimpleNamespace()
SCALING: Any = SimpleNamespace(inner_optimizer=None, dynamic_scale=None)


def events(taped: Any, applied: Any = None, optimizer: Any = SGD) -> Events:
    """A step in which a tape gave gradients, and an optimizer was given some, or was not called."""
    seen = Events()
    seen.tape(tf.constant(1.0), [], taped)
    if applied is not None:
        seen.apply(optimizer, applied, [])
    return seen


def test_a_step_without_an_update_was_held_back() -> None:
    assert held_back(events(BAD))
    assert not held_back(events(BAD, BAD))
    assert not held_back(events(GOOD))


def test_only_an_optimizer_with_a_scale_skips() -> None:
    assert skipped(events(BAD, BAD, SCALING)) is not None
    assert skipped(events(BAD, BAD)) is None
    assert skipped(events(GOOD, GOOD, SCALING)) is None


@pytest.mark.parametrize(
    ("applied", "factor"),
    [([tf.constant([30.0, 40.0])], 10.0), (BAD, math.inf), ([tf.constant([0.3, 0.4])], 1.0), ([tf.constant(9.0)], 1.0)],
)
def test_by_what_factor_gradients_grew(applied: Any, factor: float) -> None:
    assert events(GOOD, applied).amplified() == pytest.approx(factor)


def test_what_was_not_finite_before_did_not_grow() -> None:
    assert events(BAD, BAD).amplified() == 1.0
    assert events(GOOD, BAD, SCALING).amplified() == 1.0
