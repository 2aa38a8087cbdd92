import numpy as np
import tensorflow as tf
import keras
from keras import layers

# Radiometric camera frames (kelvin, 32x32) of walls: is there no radiator in the picture,
# a cold one, or a hot one?

keras.utils.set_random_seed(314)
rs = np.random.RandomState(314)

NETD = 0.02          # sensor noise, kelvin
n = 800


def frame(kind):
    room = rs.uniform(289.0, 297.0)
    f = np.full((32, 32), room)
    if kind > 0:
        warm = rs.uniform(2, 6) if kind == 1 else rs.uniform(18, 35)
        h, w = rs.randint(8, 16), rs.randint(10, 24)
        top, left = rs.randint(10, 32 - h + 1), rs.randint(0, 32 - w + 1)
        body = warm * (1.0 - 0.3 * np.linspace(0, 1, h))[:, None] * np.ones((1, w))
        body[:, ::3] *= 0.8
        f[top:top + h, left:left + w] += body
        # warm air above
        f[max(top - 6, 0):top, left:left + w] += 0.1 * warm
    return f + rs.normal(0, NETD, f.shape)


kinds = rs.choice(3, size=n, p=[0.1, 0.4, 0.5])
frames = np.stack([frame(k) for k in kinds])[..., None].astype(np.float32)


class InstanceNorm(layers.Layer):

    def build(self, shape):
        c = shape[-1]
        self.gamma = self.add_weight(shape=(c,), initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=(c,), initializer="zeros", name="beta")

    def call(self, x):
        mu = tf.reduce_mean(x, axis=[1, 2], keepdims=True)
        sd = tf.sqrt(tf.reduce_mean(x * x, axis=[1, 2], keepdims=True) - mu * mu + 1e-5)  # whynan: catastrophic_cancellation phase=forward also=sqrt_of_negative,unscaled_input
        return self.gamma * (x - mu) / sd + self.beta


net = keras.Sequential([
    layers.Input((32, 32, 1)),
    InstanceNorm(),
    layers.Conv2D(8, 5, strides=2, padding="same", activation="elu"),
    InstanceNorm(),
    layers.Conv2D(16, 3, strides=2, padding="same", activation="elu"),
    layers.GlobalAveragePooling2D(),
    layers.Dense(3),
])

opt = keras.optimizers.Adam(3e-3)
ce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

for ep in range(4):
    order = rs.permutation(n)
    total, hits = 0.0, 0
    for k in range(0, n, 32):
        idx = order[k:k + 32]
        with tf.GradientTape() as tape:
            out = net(frames[idx], training=True)
            loss = ce(kinds[idx], out)
        opt.apply_gradients(zip(tape.gradient(loss, net.trainable_weights), net.trainable_weights))
        total += float(loss) * len(idx)
        hits += int(np.sum(np.argmax(out.numpy(), 1) == kinds[idx]))
    print("epoch", ep, "loss", total / n, "acc", hits / n)
