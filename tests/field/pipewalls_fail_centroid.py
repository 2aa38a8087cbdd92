"""Wall thickness of district-heating pipes from ultrasonic A-scans (back-wall echo)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(42)
keras.config.set_dtype_policy("mixed_float16")

SAMPLES = 1024


def a_scans(n, rng):
    """Rectified envelope, amplitude relative to full scale; thickness in mm."""
    t = np.arange(SAMPLES)
    pos = rng.uniform(250, 900, n)
    width = rng.uniform(20, 55, n)
    amp = rng.uniform(0.8, 1.0, n)
    echo = amp[:, None] * np.exp(-0.5 * ((t - pos[:, None]) / width[:, None]) ** 2)
    front = 0.5 * np.exp(-0.5 * ((t - 30) / 8.0) ** 2)
    env = echo + front + 0.02 * np.abs(rng.normal(size=(n, SAMPLES)))
    thickness = 0.0125 * pos + 0.05 * rng.normal(size=n)
    return env.astype("float32"), thickness.astype("float32")


class EchoSummary(layers.Layer):
    """Peak, mean level and centre of mass of the envelope."""

    def build(self, input_shape):
        self.n = int(input_shape[-1])

    def call(self, env):
        t = tf.cast(tf.range(self.n), env.dtype)
        peak = tf.reduce_max(env, axis=1)
        level = tf.reduce_mean(env, axis=1)
        centre = tf.reduce_sum(t * env, axis=1) / tf.reduce_sum(env, axis=1)  # whynan: float16_overflow phase=forward
        return tf.stack([peak, level, centre / self.n], axis=1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], 3)


rng = np.random.default_rng(42)
x_train, y_train = a_scans(1500, rng)
x_val, y_val = a_scans(300, rng)
mu, sd = y_train.mean(), y_train.std()
y_train, y_val = (y_train - mu) / sd, (y_val - mu) / sd

scan = keras.Input((SAMPLES,))
summary = EchoSummary()(scan)
coarse = layers.Dense(16, activation="tanh")(scan)
h = layers.Concatenate()([summary, coarse])
h = layers.BatchNormalization()(h)
h = layers.Dense(24, activation="tanh")(h)
thickness = layers.Dense(1, dtype="float32")(h)

model = keras.Model(scan, thickness)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
model.summary()

log = model.fit(
    x_train, y_train,
    validation_data=(x_val, y_val),
    batch_size=50,
    epochs=5,
    verbose=2,
)
print("val mae in mm:", log.history["val_mae"][-1] * sd)
