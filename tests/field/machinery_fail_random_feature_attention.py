"""Remaining life of gearboxes from 48 short windows of vibration summaries, attention in linear time with random features.

Works in float32.  With mixed precision the loss is NaN at once; the loss scale halves and halves and never recovers.
Starting from a smaller scale did not help.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(19)
keras.mixed_precision.set_global_policy("mixed_float16")

STEPS, SENSORS, WIDTH, RANDOM_FEATURES = 48, 6, 32, 64


class RandomFeatureAttention(layers.Layer):
    """exp(q.k) is estimated with positive random features, so no T x T matrix is made."""

    def __init__(self, width, features, **kwargs):
        super().__init__(**kwargs)
        self.width, self.features = width, features
        self.query = layers.Dense(width, use_bias=False)
        self.key = layers.Dense(width, use_bias=False)
        self.value = layers.Dense(width, use_bias=False)
        self.mix = layers.Dense(width)

    def build(self, input_shape):
        for part in (self.query, self.key, self.value):
            part.build(input_shape)
        self.mix.build(tuple(input_shape[:-1]) + (self.width,))
        self.directions = self.add_weight(
            name="directions", shape=(self.width, self.features), trainable=False,
            initializer=keras.initializers.RandomNormal(stddev=1.0, seed=3),
        )

    def positive_features(self, x):
        return ops.exp(ops.matmul(x, self.directions))  # whynan: float16_overflow phase=forward also=exp_overflow

    def call(self, x):
        q = self.positive_features(self.query(x))
        k = self.positive_features(self.key(x))
        v = self.value(x)
        context = ops.einsum("btf,btd->bfd", k, v)
        weight = ops.einsum("btf,bf->bt", q, ops.sum(k, axis=1))
        attended = ops.einsum("btf,bfd->btd", q, context) / (ops.expand_dims(weight, -1) + 1e-3)
        return self.mix(attended)

    def compute_output_shape(self, input_shape):
        return tuple(input_shape[:-1]) + (self.width,)


def gearboxes(n, rng):
    wear = rng.uniform(0.0, 1.0, n)
    t = np.linspace(0, 1, STEPS)
    level = 0.3 + np.clip(wear[:, None] - 0.5 + 0.5 * t, 0, None) ** 2
    loading = rng.uniform(0.5, 1.5, (n, 1, SENSORS))
    x = level[:, :, None] * loading + rng.normal(0, 0.05, (n, STEPS, SENSORS))
    life = (1.0 - wear)[:, None]
    return ((x - x.mean()) / x.std()).astype("float32"), life.astype("float32")


def build():
    inputs = keras.Input((STEPS, SENSORS))
    h = layers.Dense(WIDTH)(inputs)
    for block in range(2):
        normed = layers.LayerNormalization(name=f"norm_{block}")(h)
        h = layers.Add()([h, RandomFeatureAttention(WIDTH, RANDOM_FEATURES, name=f"attention_{block}")(normed)])
        h = layers.Add()([h, layers.Dense(WIDTH, activation="gelu")(h)])
    pooled = layers.GlobalAveragePooling1D()(h)
    return keras.Model(inputs, layers.Dense(1, dtype="float32", name="life")(pooled))


x, y = gearboxes(320, np.random.default_rng(19))
model = build()
optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(5e-4), initial_scale=2.0**10)
model.compile(optimizer=optimizer, loss="mse", metrics=["mae"])
history = model.fit(x, y, batch_size=32, epochs=4, verbose=2)
print("loss scale at the end:", float(optimizer.dynamic_scale.numpy()))
