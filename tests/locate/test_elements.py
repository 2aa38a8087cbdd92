"""Which elements made an element, for operations whose rule is written by hand; and infinities that were meant."""

from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf

from whynan.backends.tensorflow.trace import build_trace
from whynan.backends.tensorflow.tracer import tracing
from whynan.case.nouns import Source, Trace
from whynan.locate.ancestry import made_of
from whynan.locate.describe import nan_comparison
from whynan.locate.elements import contributors
from whynan.locate.origin import intended, walk
from whynan.locate.rows import _of_own


def traced(make) -> tuple[Trace, int]:  # type: ignore[no-untyped-def]
    with tracing(1 << 30) as tracer:
        result = make()
    return build_trace(tracer, {}, []), result._id


def test_einsum_names_the_slices_that_it_sums_over() -> None:
    a, b = tf.ones((2, 3)), tf.ones((4, 3))
    trace, result = traced(lambda: tf.raw_ops.Einsum(inputs=[a, b], equation="ij,kj->ik"))
    picked = dict(contributors(trace, trace.producer[result], 0, (1, 2)))
    assert set(picked[0]) == {(1, 0), (1, 1), (1, 2)}
    assert set(picked[1]) == {(2, 0), (2, 1), (2, 2)}


def test_a_window_of_nan_that_max_pooling_hid_is_followed() -> None:
    image = np.zeros((2, 4, 4, 1), "float32")
    image[1, :2, :2] = 1e-30

    def make() -> tf.Tensor:
        bad = tf.math.log(tf.constant(image) - 1.0)  # NaN in all of it
        pooled = tf.nn.max_pool2d(bad, 2, 2, "VALID")
        return tf.reduce_sum(tf.reshape(pooled, (2, -1)) * 10.0)

    trace, result = traced(make)
    assert not np.isfinite(trace.value(result)).all()
    found = walk(trace, result)
    assert found is not None
    assert found.op is not None
    assert found.op.type == "Log"


def test_an_infinity_that_was_written_down_is_meant() -> None:
    scores = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    seen = tf.constant([[True, False], [False, False]])
    trace, result = traced(lambda: tf.math.top_k(tf.where(seen, np.float32(-np.inf), scores), 2).values)
    assert intended(trace, result)
    trace, result = traced(lambda: tf.math.log(tf.constant([0.0, 1.0])) * 2.0)
    assert not intended(trace, result)


def masked_entropy() -> tf.Tensor:
    scores = tf.where(tf.constant([True, False]), tf.constant([0.5, 0.1]), -np.inf)
    return tf.reduce_sum(tf.nn.log_softmax(scores) * tf.constant([1.0, 0.0]))


def narrowed() -> tf.Tensor:
    gap = tf.cast(tf.constant([1e5, 1.0]), tf.float16)
    return tf.reduce_sum(gap - gap[::-1] * 2.0)


def cancelling() -> tf.Tensor:
    first = tf.math.exp(tf.constant([100.0]))
    second = tf.math.log(tf.constant([0.0]))
    return tf.reduce_sum(second + first * 2.0)  # the last operation on the first infinity is the later one


@pytest.mark.parametrize(("make", "born"), [(masked_entropy, "Mul"), (narrowed, "Cast"), (cancelling, "Exp")])
def test_where_an_infinity_became_harmful(make: Callable[[], tf.Tensor], born: str) -> None:
    trace, result = traced(make)
    found = walk(trace, result)
    assert found is not None
    assert found.op is not None
    assert found.op.type == born


def test_a_comparison_with_nan_is_seen() -> None:
    def make() -> tf.Tensor:
        y = tf.constant([1.0, np.nan])
        return tf.reduce_sum(tf.where(tf.not_equal(y, tf.constant(np.nan)), y, 0.0))

    trace, _ = traced(make)
    assert "not_equal" in nan_comparison(trace)


def test_the_length_of_rows_is_that_of_the_longest_table_from_outside() -> None:
    points, classes = tf.constant([[0.0], [1.0], [2.0], [3.0], [4.0]]), tf.constant([1.0, 2.0, 3.0, 0.0])
    table = tf.ones([5, 4])

    def per_row() -> tf.Tensor:
        return 1.0 / points

    def per_class() -> tf.Tensor:
        return tf.reduce_sum(table, axis=0) / classes

    assert [_of_own(*traced(make)) for make in (per_row, per_class)] == [5, None]


@pytest.mark.parametrize("free", [True, False])
def test_a_divisor_is_learned_where_a_variable_has_a_part_in_it(free: bool) -> None:
    scale, numbers = tf.Variable([0.0, 1.0]), tf.constant([0.0, 1.0])
    trace, found = traced(lambda: scale / ((scale if free else numbers) * 2.0))
    for op in trace.ops:
        if op.type == "ReadVariableOp":
            trace.sources[op.inputs[0]] = Source("variable", "scale")
    assert made_of(trace, trace.producer[found])["learned"] is free


@pytest.mark.parametrize("data", [True, False])
def test_what_is_made_of_parameters_alone(data: bool) -> None:
    weights, numbers = tf.Variable([1e30, 2.0]), tf.constant([1.0, 3.0])
    trace, found = traced(lambda: 10.0 * tf.reduce_sum(tf.square(weights * (numbers if data else 2.0))))
    for op in trace.ops:
        if op.type == "ReadVariableOp":
            trace.sources[op.inputs[0]] = Source("variable", "weights")
    assert made_of(trace, trace.producer[found])["parameters_only"] is not data
