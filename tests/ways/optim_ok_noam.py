# whynan: healthy
"""Attention-is-all-you-need schedule: rsqrt(0) is inf at the first step, but the minimum picks the other arm."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(118)


class Noam(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, d_model, warmup_steps=20):
        self.d_model, self.warmup_steps = float(d_model), warmup_steps

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        return tf.math.rsqrt(self.d_model) * tf.minimum(tf.math.rsqrt(step), step * self.warmup_steps ** -1.5)


x = np.random.normal(size=(256, 6)).astype("float32")
y = x.sum(axis=1, keepdims=True)
model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(Noam(16), beta_2=0.98, epsilon=1e-9), loss="mse")
model.fit(x, y, epochs=4, batch_size=32, verbose=2)
