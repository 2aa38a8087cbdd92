"""Running as plain Python what TensorFlow compiles: tf.functions, and the loops that it vectorises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import tensorflow as tf
from tensorflow.python.ops.parallel_for import control_flow_ops

MOST_ITERATIONS = 512  # of a vectorised loop, from which on it stays one operation

_vectorised = control_flow_ops.pfor


def _each(loop: Callable[..., Any], iterations: Any, *args: Any, **kwargs: Any) -> Any:
    """`pfor`, which vectorized_map and jacobian use, as the loop that it stands for: every iteration has its own lines."""
    try:
        count = int(iterations)
        if not 0 < count <= MOST_ITERATIONS or not tf.executing_eagerly():
            raise ValueError
        results = [loop(tf.constant(i)) for i in range(count)]
        return tf.nest.map_structure(lambda *values: tf.stack(values), *results)
    except (TypeError, ValueError, NotImplementedError):
        return _vectorised(loop, iterations, *args, **kwargs)


def begin() -> None:
    """From now on, functions run eagerly."""
    tf.config.run_functions_eagerly(True)
    control_flow_ops.pfor = _each


@contextmanager
def eager_functions() -> Iterator[None]:
    """Run functions eagerly, for a while."""
    before = tf.config.functions_run_eagerly(), control_flow_ops.pfor
    begin()
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before[0])
        control_flow_ops.pfor = before[1]
