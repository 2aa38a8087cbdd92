"""Slow layers of Keras that a trial calls eagerly are compiled: the numbers stay, and what is the user's own is not."""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np
import pytest
import tensorflow as tf

from whynan.backends.tensorflow import compiled, patches

X = np.random.default_rng(0).normal(size=(4, 6, 3)).astype("float32")


class Own(keras.layers.Layer):
    def __init__(self) -> None:
        super().__init__()
        self.inner = keras.layers.Dense(2)

    def call(self, x: tf.Tensor) -> tf.Tensor:
        return self.inner(x)


@pytest.fixture
def _slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every layer counts as slow."""
    monkeypatch.setattr(compiled, "SLOW", 0.0)
    monkeypatch.setattr(compiled, "FIRST", 0.0)
    compiled.install(keras)
    yield
    patches.restore()


def step(model: keras.Layer) -> tuple[np.ndarray, list[np.ndarray]]:
    with tf.GradientTape() as tape:
        answer = model(X, training=True)
        loss = tf.reduce_mean(tf.square(answer))
    return answer.numpy(), [g.numpy() for g in tape.gradient(loss, model.trainable_variables)]


@pytest.mark.usefixtures("_slow")
def test_answers_and_gradients_stay() -> None:
    model = keras.Sequential([keras.layers.LSTM(5), keras.layers.BatchNormalization(), keras.layers.Dense(1)])
    first, gradients = step(model)
    second, again = step(model)
    assert compiled._functions[model] is not None
    np.testing.assert_allclose(first, second, rtol=1e-4, atol=1e-6)
    for a, b in zip(gradients, again, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-6)
    moving = model.layers[1].moving_mean.numpy()
    step(model)
    assert not np.array_equal(moving, model.layers[1].moving_mean.numpy())


@pytest.mark.usefixtures("_slow")
def test_masks_go_with_the_answers() -> None:
    layer = keras.layers.Embedding(9, 4, mask_zero=True)
    ids = tf.constant([[1, 2, 0], [3, 0, 0]])
    layer(ids)
    assert compiled._functions[layer] is not None
    assert layer(ids)._keras_mask.numpy().tolist() == [[True, True, False], [True, False, False]]


@pytest.mark.usefixtures("_slow")
@pytest.mark.parametrize(
    "layer",
    [
        Own(),
        keras.Sequential([keras.layers.Dense(2, activity_regularizer="l2")]),
        keras.Sequential([keras.layers.Lambda(lambda x: x * 2)]),
    ],
)
def test_what_may_leave_something_behind_runs_as_it_is(layer: keras.Layer) -> None:
    layer(X)
    layer(X)
    assert compiled._functions.get(layer) is None
