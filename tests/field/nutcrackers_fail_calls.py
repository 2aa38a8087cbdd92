"""Caching or alarm? Classify nutcracker calls from short band-energy sequences (GPU-friendly half precision)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(90)
keras.mixed_precision.set_global_policy("mixed_float16")

FRAMES, BANDS = 32, 10
CLASSES = ["caching", "alarm", "begging"]


def load_calls(n=900, seed=90):
    rng = np.random.default_rng(seed)
    templates = rng.normal(0, 1, size=(len(CLASSES), FRAMES, BANDS))
    X = np.zeros((n, FRAMES, BANDS), dtype="float32")
    y = rng.integers(0, len(CLASSES), size=n)
    for i in range(n):
        length = rng.integers(14, FRAMES - 1)
        clip = templates[y[i], :length] + rng.normal(0, 0.8, size=(length, BANDS))
        X[i, :length] = clip
    return X, y


@keras.saving.register_keras_serializable("calls")
class RMSNorm(layers.Layer):
    def __init__(self, eps=1e-8, **kwargs):
        super().__init__(**kwargs)
        self.eps = eps

    def build(self, input_shape):
        self.gain = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="gain")

    def call(self, x):
        ms = tf.reduce_mean(tf.square(x), axis=-1, keepdims=True)
        return x * tf.math.rsqrt(ms + self.eps) * self.gain  # whynan: float16_epsilon_underflow phase=forward

    def get_config(self):
        return {**super().get_config(), "eps": self.eps}


def build():
    inp = keras.Input((FRAMES, BANDS))
    h = RMSNorm()(inp)
    h = layers.Dense(24, activation="gelu")(h)
    h = layers.Dense(24, activation="gelu")(h)
    h = layers.Flatten()(h)
    h = layers.Dropout(0.1)(h)
    out = layers.Dense(len(CLASSES), activation="softmax", dtype="float32")(h)
    return keras.Model(inp, out)


X, y = load_calls()
model = build()
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(X[:750], y[:750], validation_data=(X[750:], y[750:]), batch_size=50, epochs=4, verbose=2)
