"""Hours of sleep in the next night from the 24 hourly lines of a sports watch.

Small self-attention written out by hand: every hour looks at all the other hours of the day. The encoder ends in tanh,
so nothing inside can get large, I thought. The printed loss is nan from the beginning. With an average over the hours
in place of the attention the same script learns something.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(15)

HOURS = 24


def watch_days(n=384, seed=3):
    """steps, heart rate and kilocalories per hour"""
    rng = np.random.default_rng(seed)
    hour = np.arange(HOURS)
    awake = ((hour >= 7) & (hour < 23)).astype("float64")
    activity = rng.gamma(3.0, 0.35, (n, 1))
    steps = np.round(awake * activity * rng.gamma(1.2, 450.0, (n, HOURS)))
    pulse = 54 + 14 * awake + 0.018 * steps + rng.normal(0, 3, (n, HOURS))
    kcal = 62 + 0.04 * steps + rng.normal(0, 2, (n, HOURS))
    days = np.stack([steps, pulse, kcal], axis=-1).astype("float32")
    sleep = 6.4 + 0.6 * activity[:, 0] - 0.02 * (pulse[:, 20:23].mean(axis=1) - 75) + rng.normal(0, 0.3, n)
    return days, sleep.astype("float32")


class HoursAttendHours(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.encode = layers.Dense(units, activation="tanh")

    def call(self, day):
        h = self.encode(day)
        likeness = tf.matmul(h, h, transpose_b=True)
        e = tf.exp(likeness)  # whynan: exp_overflow phase=forward also=unscaled_input
        attention = e / tf.reduce_sum(e, axis=-1, keepdims=True)
        return tf.matmul(attention, h)


class SleepModel(keras.Model):
    def __init__(self, units=128):
        super().__init__()
        self.attend = HoursAttendHours(units)
        self.pool = layers.GlobalAveragePooling1D()
        self.mix = layers.Dense(32, activation="tanh")
        self.hours = layers.Dense(1)

    def call(self, day):
        return self.hours(self.mix(self.pool(self.attend(day))))[:, 0]


days, sleep = watch_days()
data = tf.data.Dataset.from_tensor_slices((days, sleep))
data = data.shuffle(len(sleep), seed=6).batch(32, drop_remainder=True)

model = SleepModel()
model(days[:2])
optimizer = keras.optimizers.Adam(1e-3)
optimizer.build(model.trainable_variables)


@tf.function
def train_step(day, target):
    with tf.GradientTape() as tape:
        error = model(day) - target
        loss = tf.reduce_mean(tf.square(error))
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


for epoch in range(6):
    total = 0.0
    for day, target in data:
        total += float(train_step(day, target))
    print(f"epoch {epoch + 1}  mse {total / (len(sleep) // 32):.4f}")
