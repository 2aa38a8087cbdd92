# whynan: healthy
"""v-prediction diffusion on 2-D rings with a cosine schedule that contains both ends: t = 0 (no noise, SNR = inf) and
t = T (only noise). min-SNR-gamma weights for v:  min(snr, gamma) / (snr + 1), which is 0 for snr = inf.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(512)

STEPS, GAMMA, BATCH = 40, 5.0, 128


def cosine_alpha_bar(steps, s=0.008):
    t = np.arange(steps + 1) / steps
    f = np.cos((t + s) / (1 + s) * np.pi / 2) ** 2
    return (f / f[0]).astype("float32")


class Schedule:
    def __init__(self, steps):
        self.alpha_bar = ops.convert_to_tensor(cosine_alpha_bar(steps))
        self.steps = steps
        snr = self.snr(ops.arange(steps + 1))
        print("SNR from", float(ops.min(snr)), "to", float(ops.max(snr)))

    def snr(self, t):
        a = ops.take(self.alpha_bar, t)
        return a / (1.0 - a)  # inf at t = 0, on purpose

    def coefficients(self, t):
        a = ops.take(self.alpha_bar, t)[:, None]
        return ops.sqrt(a), ops.sqrt(1.0 - a)

    def weight(self, t):
        snr = self.snr(t)
        return ops.minimum(snr, GAMMA) / (snr + 1.0)


class TimeFeatures(layers.Layer):
    def __init__(self, dim=16, steps=STEPS, **kwargs):
        super().__init__(**kwargs)
        self.frequency = (2.0 ** np.arange(dim // 2) * np.pi / (2 * steps)).astype("float32")

    def call(self, t):
        angle = ops.cast(t, "float32")[:, None] * self.frequency
        return ops.concatenate([ops.sin(angle), ops.cos(angle)], axis=-1)


def network(width=64):
    x, t = keras.Input((2,)), keras.Input((), dtype="int32")
    h = layers.Concatenate()([x, TimeFeatures()(t)])
    for _ in range(3):
        h = layers.Dense(width, activation="silu")(h)
    return keras.Model([x, t], layers.Dense(2)(h))


def rings(n):
    rng = np.random.default_rng(512)
    radius = rng.choice([0.5, 1.2], n) + rng.normal(0, 0.03, n)
    angle = rng.uniform(0, 2 * np.pi, n)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).astype("float32")


schedule = Schedule(STEPS)
model = network()
average = network()
average.set_weights(model.get_weights())
optimizer = keras.optimizers.Adam(2e-3)


def v_loss(x0):
    t = tf.random.uniform((tf.shape(x0)[0],), 0, STEPS + 1, dtype=tf.int32)
    eps = tf.random.normal(tf.shape(x0))
    alpha, sigma = schedule.coefficients(t)
    target = alpha * eps - sigma * x0
    v = model([alpha * x0 + sigma * eps, t], training=True)
    return tf.reduce_mean(schedule.weight(t) * tf.reduce_sum(tf.square(v - target), axis=1))


@tf.function
def train_step(x0):
    with tf.GradientTape() as tape:
        loss = v_loss(x0)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    for slow, fast in zip(average.trainable_variables, model.trainable_variables):
        slow.assign(0.99 * slow + 0.01 * fast)
    return loss


data = tf.data.Dataset.from_tensor_slices(rings(4096)).shuffle(4096, seed=512).batch(BATCH, drop_remainder=True)
for epoch in range(6):
    losses = [float(train_step(batch)) for batch in data]
    print(f"epoch {epoch} loss {np.mean(losses):.4f}")
