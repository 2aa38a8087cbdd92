"""Mood diary study: predict today's mood from the entries of the days before."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(404)

DAYS = 28
ITEMS = ["sleep_h", "steps", "coffee", "screen_h", "social", "pain"]


def make_participants(n):
    rng = np.random.default_rng(404)
    trait = rng.normal(size=(n, 1))
    items = rng.normal(size=(n, DAYS, len(ITEMS)))
    for d in range(1, DAYS):
        items[:, d] += 0.5 * items[:, d - 1]
    mood = np.zeros((n, DAYS))
    for d in range(DAYS):
        prev = items[:, d - 1] if d else np.zeros((n, len(ITEMS)))
        mood[:, d] = 0.5 * trait[:, 0] + 0.6 * prev[:, 0] - 0.4 * prev[:, 5] + 0.2 * prev[:, 4]
    mood += 0.3 * rng.normal(size=mood.shape)
    return items.astype("float32"), mood[..., None].astype("float32")


class PastAttention(layers.Layer):
    """Single-head self attention. A day may only use what was written on earlier days."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.q = layers.Dense(units)
        self.k = layers.Dense(units)
        self.v = layers.Dense(units)

    def build(self, shape):
        for d in (self.q, self.k, self.v):
            d.build(shape)
        self.built = True

    def call(self, x):
        q, k, v = self.q(x), self.k(x), self.v(x)
        scores = ops.matmul(q, ops.transpose(k, (0, 2, 1))) / self.units ** 0.5
        day = ops.arange(x.shape[1])
        allowed = ops.expand_dims(day, 1) > ops.expand_dims(day, 0)
        scores = ops.where(allowed, scores, float("-inf"))
        weights = ops.softmax(scores, axis=-1)  # whynan: softmax_all_masked phase=forward
        return ops.matmul(weights, v)

    def compute_output_shape(self, shape):
        return (shape[0], shape[1], self.units)


def build():
    inp = keras.Input((DAYS, len(ITEMS)))
    h = layers.Dense(24, activation="tanh")(inp)
    ctx = PastAttention(24)(h)
    z = layers.Dense(24, activation="tanh")(ctx)
    return keras.Model(inp, layers.Dense(1)(z))


if __name__ == "__main__":
    x, mood = make_participants(640)
    model = build()
    model.compile(optimizer=keras.optimizers.AdamW(1e-3), loss="mse")
    model.fit(x[:560], mood[:560], batch_size=32, epochs=4, verbose=2,
              validation_data=(x[560:], mood[560:]))
    resid = model.predict(x[560:], verbose=0) - mood[560:]
    print("RMSE by week:", np.sqrt((resid ** 2).reshape(80, 4, 7).mean(axis=(0, 2))).round(3))
