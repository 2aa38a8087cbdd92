# Some traces in the archive are corrupt (NaN / 1e38 counts). tf.debugging finds them, the batch never gets into a step.
import logging
import numpy as np
import tensorflow as tf
import keras
from keras import layers

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("seismic")
keras.utils.set_random_seed(90)


def archive(batches=40, size=16):
    rng = np.random.default_rng(90)
    t = np.linspace(0, 1, 64)
    for b in range(batches):
        f = rng.uniform(2, 10, (size, 1))
        x = np.sin(2 * np.pi * f * t) + 0.1 * rng.normal(size=(size, 64))
        x = x.astype("float32")
        if b % 9 == 4:
            x[rng.integers(size), 10:20] = np.nan
        if b % 13 == 6:
            x[rng.integers(size)] = 3e38
        yield x, (f / 10.0).astype("float32")


def validated(x, name):
    x = tf.convert_to_tensor(x)
    tf.debugging.check_numerics(x, f"{name} corrupt")
    power = tf.reduce_sum(tf.square(x), axis=1)            # overflows for the 3e38 ones
    tf.debugging.assert_all_finite(power, f"{name}: power overflow")
    rms = tf.sqrt(power / x.shape[1])
    tf.debugging.assert_greater(rms, 1e-6, message=f"{name}: silent trace")
    return x / rms[:, None]


class Picker(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv1D(8, 9, strides=2, activation="relu")
        self.pool = layers.GlobalMaxPooling1D()
        self.out = layers.Dense(1)

    def call(self, x):
        return self.out(self.pool(self.conv(x[..., None])))


picker = Picker()
opt = keras.optimizers.Adam(5e-3)
skipped, seen, best = 0, 0, float("inf")
for index, (x, y) in enumerate(archive()):
    try:
        x = validated(x, f"batch {index}")
    except (tf.errors.InvalidArgumentError, ValueError) as err:
        skipped += 1
        log.info("skipped batch %d: %s", index, str(err).splitlines()[0][:60])
        continue
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.abs(picker(x, training=True) - y))
    tf.debugging.assert_all_finite(loss, "loss")
    grads = tape.gradient(loss, picker.trainable_variables)
    opt.apply_gradients(zip(grads, picker.trainable_variables))
    seen += 1
    best = min(best, float(loss))
log.info("steps %d skipped %d best %.4f", seen, skipped, best)
# whynan: healthy
