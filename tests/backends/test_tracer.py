"""The ring of eager operations, and the calls that are remembered beside it, stay within their limits."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from whynan.backends.tensorflow.given import MOST, Calls
from whynan.backends.tensorflow.tracer import Tracer, tracing

SIZE = 1000  # elements of a tensor


def ring(limit: int, operations: int) -> Tracer:
    """A step, its mark, and then a step of so many operations."""
    value = tf.ones(SIZE)
    with tracing(limit) as tracer:
        value = tf.negative(value)
        tracer.mark()
        for _ in range(operations):
            value = tf.negative(value)
    return tracer


def test_a_ring_at_its_limit_lets_go_of_the_oldest_only() -> None:
    tracer = ring(limit=10 * (4 * SIZE + 1000), operations=30)
    assert [record.index for record in tracer.records] == list(range(22, 32))
    assert tracer.bytes == sum(record.size for record in tracer.records) <= tracer.limit


def test_the_newest_operation_is_kept_however_large() -> None:
    assert [record.index for record in ring(limit=1, operations=3).records] == [4]


def test_steps_long_past_are_let_go_of() -> None:
    with tracing(1 << 30) as tracer:
        for _ in range(6):
            tf.negative(tf.ones(SIZE))
            tracer.mark()
    kept = tracer.marks[-1] - tracer.records[0].index + 1
    assert tracer.records[0].index > tracer.marks[-1] // 6
    assert kept == tracer.keep_marks * tracer.marks[-1] // 6
    assert tracer.bytes == sum(record.size for record in tracer.records)


def reciprocal(x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    return x, 1.0 / x


def run(function, args, kwargs):
    return function(*args, **kwargs)


def test_what_is_not_finite_is_made_again_by_the_call_that_gave_it() -> None:
    calls, x = Calls(), tf.constant([1.0, 0.0])
    same, bad = reciprocal(x)
    calls.remember(reciprocal, (x,), {}, (same, bad), 16)
    first, second = calls.made_again((same, bad), run)
    assert first is same
    assert second is not bad
    np.testing.assert_array_equal(second, bad)


def test_what_would_be_finite_now_stays_what_it_was() -> None:
    calls, x = Calls(), tf.Variable([1.0, 0.0])
    _, bad = reciprocal(x.read_value())
    calls.remember(reciprocal, (x,), {}, (None, bad), 16)
    x.assign([1.0, 1.0])
    assert calls.made_again(bad, run) is bad


def test_only_the_latest_calls_are_kept() -> None:
    calls = Calls()
    for number in range(MOST + 5):
        calls.remember(reciprocal, (number,), {}, tf.constant(0.0), 8)
    assert [call.args[0] for call in calls.latest] == list(range(5, MOST + 5))
    assert calls.bytes == 8 * MOST
