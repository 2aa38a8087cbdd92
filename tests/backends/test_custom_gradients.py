"""A hand-written gradient is compared to differences of its function, along what it has a gradient for."""

from typing import Any

import pytest
import tensorflow as tf

from whynan.backends.tensorflow.custom_gradients import TOLERANCE, _compared


def weighted_error(sign: float) -> Any:
    def error(estimate: tf.Tensor, target: tf.Tensor, weight: tf.Tensor) -> Any:
        gap = estimate - target

        def grad(upstream: tf.Tensor) -> Any:
            return sign * upstream * 2.0 * weight * gap, None, None

        return tf.reduce_sum(weight * gap**2), grad

    return error


@pytest.mark.parametrize(("sign", "agrees"), [(1.0, True), (-1.0, False)])
def test_targets_and_weights_without_a_gradient_stand_still(sign: float, agrees: bool) -> None:
    args = [tf.constant(v) for v in ([0.5, -1.0, 2.0], [0.1, 0.3, 0.2], [1.0, 2.0, 0.5])]
    pairs = _compared(weighted_error(sign), args, {})
    assert len(pairs) == 3
    assert all((abs(g - n) < TOLERANCE * abs(n)) is agrees for g, n in pairs)
    assert all(g * n > 0 for g, n in pairs) is agrees
