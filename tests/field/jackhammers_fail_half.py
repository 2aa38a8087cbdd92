"""Hand-arm vibration dose from wrist recordings (3 axes, 1024 samples each)."""
import time

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(31)
keras.mixed_precision.set_global_policy("mixed_float16")   # ~2x faster on the T4

SAMPLES = 1024
BATCH = 32


def synth_recordings(n, seed=0):
    """Drilling in mortar mostly; every now and then somebody breaks concrete."""
    g = np.random.default_rng(seed)
    heavy = np.arange(n) % 10 == 3
    amplitude = np.where(heavy, g.uniform(11, 13, n), g.uniform(0.5, 2.0, n))
    t = np.arange(SAMPLES) / 2000.0
    freq = g.uniform(18, 30, n)
    tone = np.sin(2 * np.pi * freq[:, None] * t[None, :])[:, :, None]
    noise = g.normal(size=(n, SAMPLES, 3))
    sig = amplitude[:, None, None] * (0.8 * noise + 0.8 * tone)
    minutes = g.uniform(0.2, 3.0, n)
    dose = np.log1p(amplitude) * np.sqrt(minutes) + g.normal(0, 0.1, n)
    perm = g.permutation(n)
    return (sig[perm].astype("float32"),
            minutes[perm, None].astype("float32"),
            dose[perm, None].astype("float32"))


class LogEnergy(keras.layers.Layer):
    """log(1 + energy) for each axis."""

    def call(self, sig):
        energy = tf.reduce_sum(tf.square(sig), axis=1)  # whynan: float16_overflow phase=forward
        return tf.math.log1p(energy)


def build():
    sig_in = keras.Input((SAMPLES, 3), name="signal")
    min_in = keras.Input((1,), name="minutes")
    z = LogEnergy()(sig_in)
    z = keras.layers.Concatenate()([z, min_in])
    z = keras.layers.Dense(32, activation="swish")(z)
    z = keras.layers.Dense(16, activation="swish")(z)
    out = keras.layers.Dense(1, dtype="float32", name="dose")(z)
    return keras.Model([sig_in, min_in], out)


model = build()
opt = keras.optimizers.Adam(3e-3)
opt.build(model.trainable_variables)


@tf.function
def step(sig, minutes, dose):
    with tf.GradientTape() as tape:
        pred = model([sig, minutes], training=True)
        loss = tf.reduce_mean(tf.square(pred - dose))
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return loss


sig, minutes, dose = synth_recordings(480)
ds = (tf.data.Dataset.from_tensor_slices((sig, minutes, dose))
      .shuffle(480, seed=1).batch(BATCH, drop_remainder=True).prefetch(2))

for epoch in range(4):
    t0 = time.time()
    running = []
    for batch in ds:
        running.append(float(step(*batch)))
    print(f"epoch {epoch}: mse {np.mean(running):.4f}  ({time.time() - t0:.1f}s)")
