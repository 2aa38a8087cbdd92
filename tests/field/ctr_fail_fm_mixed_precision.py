"""Neural factorisation machine for click prediction with mixed precision."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(14)
keras.config.set_dtype_policy("mixed_float16")

COLUMNS = ["hour", "is_mobile", "age_band", "slot", "clicks_today", "impressions_30d"]


def impressions(n, seed):
    rng = np.random.default_rng(seed)
    table = np.stack([
        rng.random(n),
        rng.integers(0, 2, n),
        rng.random(n),
        rng.random(n),
        rng.integers(0, 4, n),
        rng.integers(290, 900, n),   # only heavy users are in this extract
    ], axis=1).astype("float32")
    click = (rng.random(n) < 0.1 + 0.2 * table[:, 1]).astype("float32")
    return table, click[:, None]


class BiInteraction(layers.Layer):
    """0.5 * ((sum v x)^2 - sum v^2 x^2), Rendle's trick."""

    def __init__(self, factors, **kw):
        super().__init__(**kw)
        self.factors = factors

    def build(self, shape):
        self.v = self.add_weight(shape=(shape[-1], self.factors), name="v",
                                 initializer=keras.initializers.RandomNormal(stddev=0.02))

    def square_of_sum(self, x):
        return ops.square(ops.matmul(x, self.v))

    def sum_of_square(self, x):
        x2 = ops.square(x)  # whynan: float16_overflow phase=forward also=unscaled_input
        return ops.matmul(x2, ops.square(self.v))

    def call(self, x):
        return 0.5 * (self.square_of_sum(x) - self.sum_of_square(x))


def build_nfm():
    inp = keras.Input((len(COLUMNS),), name="context")
    pooled = BiInteraction(8, name="fm")(inp)
    h = layers.Dense(16, activation="swish")(pooled)
    out = layers.Dense(1, activation="sigmoid", dtype="float32")(h)
    return keras.Model(inp, out)


ds = tf.data.Dataset.from_tensor_slices(impressions(512, 14)).shuffle(512, seed=0).batch(64)
model = build_nfm()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
model.fit(ds, epochs=3, verbose=2)
