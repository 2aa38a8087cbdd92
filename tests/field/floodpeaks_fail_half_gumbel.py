"""Conditional generator for annual flood peaks (CRPS training, half precision).

Peaks are roughly Gumbel distributed, so the latent noise is Gumbel too and the
network only has to bend it.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(1962)
keras.config.set_dtype_policy("mixed_float16")

LATENT = 6
BATCH = 64
STEPS = 150


class GumbelLatent(layers.Layer):
    def __init__(self, dim, **kw):
        super().__init__(**kw)
        self.dim = dim

    def call(self, x):
        u = tf.random.uniform((tf.shape(x)[0], self.dim), dtype=x.dtype)
        return -tf.math.log(-tf.math.log(u + 1e-10))  # whynan: float16_epsilon_underflow phase=forward|gradient also=log_of_zero


def catchments(n, rng):
    area = rng.lognormal(5.0, 0.9, n)
    slope = rng.gamma(3.0, 4.0, n)
    annual_rain = rng.normal(950, 180, n)
    forest = rng.beta(2, 3, n)
    loc = 0.8 * np.log(area) + 0.03 * slope + 0.002 * annual_rain - 0.9 * forest
    scale = 0.25 + 0.2 * (1 - forest)
    peak = loc + scale * rng.gumbel(size=n)
    x = np.column_stack([np.log(area), slope, annual_rain, forest])
    x = (x - x.mean(0)) / x.std(0)
    y = (peak - peak.mean()) / peak.std()
    return x.astype("float32"), y.astype("float32")[:, None]


def make_generator(n_features):
    inp = keras.Input((n_features,))
    z = GumbelLatent(LATENT)(inp)
    h = layers.Concatenate()([inp, z])
    h = layers.Dense(48, activation="tanh")(h)
    h = layers.Dense(48, activation="tanh")(h)
    out = layers.Dense(1, dtype="float32")(h)
    return keras.Model(inp, out)


rng = np.random.default_rng(1962)
x, y = catchments(3000, rng)
gen = make_generator(x.shape[1])
opt = keras.optimizers.Adam(1e-3)
opt.build(gen.trainable_variables)


@tf.function
def train_step(xb, yb):
    with tf.GradientTape() as tape:
        a = gen(xb, training=True)
        b = gen(xb, training=True)
        fit = 0.5 * (tf.abs(a - yb) + tf.abs(b - yb))
        spread = 0.5 * tf.abs(a - b)
        crps = tf.reduce_mean(fit - spread)
    grads = tape.gradient(crps, gen.trainable_variables)
    opt.apply_gradients(zip(grads, gen.trainable_variables))
    return crps


running = None
for it in range(STEPS):
    idx = rng.integers(0, len(x), BATCH)
    val = float(train_step(tf.constant(x[idx]), tf.constant(y[idx])))
    running = val if running is None else 0.95 * running + 0.05 * val
    if it % 25 == 0:
        print(f"{it:4d}  crps {val:.4f}  smoothed {running:.4f}")

draws = np.stack([gen(x[:8], training=False).numpy()[:, 0] for _ in range(20)])
print("simulated 90% peaks:", np.quantile(draws, 0.9, axis=0).round(2))
