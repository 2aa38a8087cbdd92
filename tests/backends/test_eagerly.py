"""Traces that a script holds run as plain Python where functions do, for what they were traced for."""

from collections.abc import Iterator

import pytest
import tensorflow as tf
from tensorflow.python.eager.polymorphic_function.concrete_function import ConcreteFunction

from whynan.backends.tensorflow import eagerly, patches

SPEC = tf.TensorSpec([2], tf.float32)


@pytest.fixture(autouse=True)
def remembered() -> Iterator[None]:
    eagerly.install()
    yield
    patches.restore()


def python_calls() -> tuple[list[bool], tf.Module]:
    calls: list[bool] = []

    class Model(tf.Module):
        @tf.function
        def step(self, x: tf.Tensor, training: bool = False, y: tf.Tensor | None = None) -> tf.Tensor:
            if tf.executing_eagerly():
                calls.append(training)
            return x * 2.0 if training else x + (0.0 if y is None else y)

    return calls, Model()


def test_a_trace_runs_eagerly_for_what_it_was_traced_for() -> None:
    calls, model = python_calls()
    trace = model.step.get_concrete_function(SPEC, training=True)
    with eagerly.eager_functions():
        assert trace(tf.ones(2)).numpy().tolist() == [2.0, 2.0]
    assert calls == [True]
    assert trace(tf.ones(2)).numpy().tolist() == [2.0, 2.0]
    assert calls == [True]  # compiled again


def test_a_script_that_runs_functions_eagerly_by_itself_keeps_its_traces_compiled() -> None:
    calls, model = python_calls()
    trace = model.step.get_concrete_function(SPEC)
    tf.config.run_functions_eagerly(True)
    try:
        trace(tf.ones(2))
    finally:
        tf.config.run_functions_eagerly(False)
    assert calls == []
    assert ConcreteFunction.__call__ is eagerly._call_trace


def test_the_flat_signature_stays_compiled() -> None:
    calls: list[int] = []

    @tf.function
    def scaled(double: bool, x: tf.Tensor) -> tf.Tensor:
        if tf.executing_eagerly():
            calls.append(1)
        return x * 2.0 if double else x

    trace = scaled.get_concrete_function(True, SPEC)
    with eagerly.eager_functions():
        assert trace(tf.ones(2)).numpy().tolist() == [2.0, 2.0]
    assert calls == []
