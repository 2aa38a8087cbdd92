"""Four field traits of cabbage plots from drone time series; breeders rarely measure all four.

Series have different lengths, so attention pooling only looks at valid flights.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(19)

MAX_FLIGHTS = 18
BANDS = 5
TRAITS = ["head_weight", "dry_matter", "split_score", "thrips"]


def make_field(n=1200, seed=19):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(5, MAX_FLIGHTS + 1, size=n)
    vigour = rng.normal(size=(n, 1))
    stress = rng.normal(size=(n, 1))
    t = np.linspace(0, 1, MAX_FLIGHTS)[None, :]
    curve = (1 + 0.3 * vigour) / (1 + np.exp(-8 * (t - 0.4))) - 0.2 * stress * t
    x = curve[..., None] * rng.uniform(0.5, 1.5, size=BANDS) + 0.05 * rng.normal(size=(n, MAX_FLIGHTS, BANDS))
    valid = np.arange(MAX_FLIGHTS)[None, :] < lengths[:, None]
    x[~valid] = 0.0
    y = np.hstack([vigour, vigour - 0.5 * stress, stress, stress + vigour ** 2 - 1])
    y = y + 0.2 * rng.normal(size=y.shape)
    measured = rng.random(y.shape) < np.array([0.9, 0.5, 0.3, 0.06])
    y[~measured] = np.nan
    return x.astype("float32"), valid.astype("float32"), y.astype("float32")


class AttentionPool(layers.Layer):
    def build(self, input_shape):
        self.proj = layers.Dense(16, activation="tanh")
        self.score = layers.Dense(1, use_bias=False)
        self.proj.build(input_shape[0])
        self.score.build((None, None, 16))

    def call(self, inputs):
        h, valid = inputs
        s = ops.squeeze(self.score(self.proj(h)), axis=-1)
        s = ops.where(valid > 0.5, s, float("-inf"))
        a = ops.softmax(s, axis=-1)
        return ops.sum(h * ops.expand_dims(a, -1), axis=1)


def masked_mse(y_true, y_pred):
    known = ops.logical_not(ops.isnan(y_true))
    target = ops.where(known, y_true, ops.zeros_like(y_true))
    sq = ops.where(known, ops.square(y_pred - target), ops.zeros_like(target))
    count = ops.sum(ops.cast(known, "float32"), axis=0)
    per_trait = ops.sum(sq, axis=0) / ops.maximum(count, 1.0)
    return ops.mean(per_trait)


series = keras.Input((MAX_FLIGHTS, BANDS), name="series")
flights = keras.Input((MAX_FLIGHTS,), name="flights")
h = layers.Conv1D(24, 3, padding="same", activation="relu")(series)
pooled = AttentionPool()([h, flights])
z = layers.Dense(32, activation="relu")(pooled)
out = layers.Dense(len(TRAITS))(z)
model = keras.Model([series, flights], out)

x, valid, y = make_field()
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=masked_mse)
model.fit([x[:1000], valid[:1000]], y[:1000], batch_size=40, epochs=5, verbose=2,  # whynan: healthy
          validation_data=([x[1000:], valid[1000:]], y[1000:]))

pred = model.predict([x[1000:], valid[1000:]], verbose=0)
for k, name in enumerate(TRAITS):
    ok = ~np.isnan(y[1000:, k])
    print(f"{name:12s} n={ok.sum():4d}", "rmse", round(float(np.sqrt(np.nanmean((pred[:, k] - y[1000:, k]) ** 2))), 3))
