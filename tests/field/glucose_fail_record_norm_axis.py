"""Early warning for low glucose from a worn sensor. The encoder with blocks (16, 8) trained without trouble. I added a
last block with a single feature map so that the clinicians can look at it as one curve, and now the loss is nan from
the first batch on. The data did not change and hold no gaps."""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(12)

READINGS = 48          # four hours, one reading every five minutes


def simulate_windows(rng, n):
    t = np.arange(READINGS)
    base = rng.normal(130.0, 24.0, size=(n, 1))
    meal_at = rng.integers(5, 40, size=(n, 1))
    meal = rng.uniform(0.0, 70.0, size=(n, 1)) * np.exp(-(((t - meal_at) / 8.0) ** 2))
    drift = rng.normal(0.0, 0.7, size=(n, 1)) * t
    wander = np.cumsum(rng.normal(0.0, 2.0, size=(n, READINGS)), axis=1)
    glucose = np.clip(base + meal + drift + wander, 40.0, 400.0)
    low_soon = (glucose[:, -1] + 6.0 * (glucose[:, -1] - glucose[:, -4]) / 3.0 < 80.0).astype("float32")
    return glucose, low_soon


class RecordNorm(layers.Layer):
    """Takes the level and the scale of the single record out, so that every patient looks alike."""

    def build(self, input_shape):
        channels = input_shape[-1]
        self.gain = self.add_weight(shape=(channels,), initializer="ones", name="gain")
        self.offset = self.add_weight(shape=(channels,), initializer="zeros", name="offset")

    def call(self, x):
        level = ops.mean(x, axis=-1, keepdims=True)
        spread = ops.std(x, axis=-1, keepdims=True)
        return self.gain * (x - level) / spread + self.offset  # whynan: zero_variance_normalisation phase=forward also=divide_by_zero,single_element_variance


def block(x, filters, width):
    x = layers.Conv1D(filters, width, padding="same")(x)
    x = RecordNorm()(x)
    return layers.Activation("gelu")(x)


def build_model(plan=((16, 7), (8, 5), (1, 5))):
    inputs = keras.Input((READINGS, 1), name="cgm")
    x = inputs
    for filters, width in plan:
        x = block(x, filters, width)
    curve = layers.Flatten(name="curve")(x)
    risk = layers.Dense(1, name="risk")(layers.Dropout(0.2)(curve))
    return keras.Model(inputs, risk)


def main():
    rng = np.random.default_rng(12)
    glucose, low_soon = simulate_windows(rng, 480)
    windows = ((glucose - 140.0) / 40.0).astype("float32")[..., None]
    assert np.isfinite(windows).all()

    model = build_model()
    model.compile(keras.optimizers.Adam(2e-3, clipnorm=1.0),
                  loss=keras.losses.BinaryCrossentropy(from_logits=True))
    model.fit(windows, low_soon, batch_size=32, epochs=4, validation_split=0.2, verbose=2)


if __name__ == "__main__":
    main()
