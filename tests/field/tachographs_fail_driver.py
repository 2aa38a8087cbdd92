# Who is at the wheel? Driver identification from tachograph traces (5 drivers, 64 x 15 s windows).
# softmax attention was the slow part on the on-board unit, so linear attention now.
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(12)
N, STEPS, DRIVERS = 1200, 64, 5
r = np.random.default_rng(90)

style = r.normal(0, 1, (DRIVERS, 4))
who = r.integers(0, DRIVERS, N)
speed = np.empty((N, STEPS))
speed[:, 0] = r.uniform(40, 85, N)
for t in range(1, STEPS):
    target = 65 + 6 * style[who, 0] + 4 * np.sin(t / 7 + 2 * style[who, 1])
    speed[:, t] = speed[:, t - 1] + 0.15 * (target - speed[:, t - 1]) + r.normal(0, 2.5, N)
accel = np.gradient(speed, axis=1) * (1 + 0.3 * style[who, 2][:, None])
rpm = 700 + 14 * speed + 60 * style[who, 3][:, None] + r.normal(0, 25, speed.shape)
slope = np.cumsum(r.normal(0, 0.3, speed.shape), axis=1)
brake = np.clip(-accel + r.normal(0, 0.5, speed.shape), 0, None)
retarder = np.clip(brake - 1.5 + style[who, 1][:, None], 0, None)
x = np.stack([speed, accel, rpm, slope, brake, retarder], axis=-1)
x = ((x - x.mean((0, 1))) / x.std((0, 1))).astype("float32")


class LinearAttention(layers.Layer):
    """phi(Q) (phi(K)^T V) with phi = relu, cost linear in the number of steps."""

    def __init__(self, dim, heads, **kw):
        super().__init__(**kw)
        self.dim, self.heads = dim, heads
        self.qkv = layers.Dense(3 * dim)
        self.out = layers.Dense(dim)

    def build(self, shape):
        self.qkv.build(shape)
        self.out.build((*shape[:-1], self.dim))

    def call(self, x):
        steps = x.shape[1]
        parts = tf.reshape(self.qkv(x), (-1, steps, 3, self.heads, self.dim // self.heads))
        q, k, v = tf.unstack(parts, axis=2)
        q, k = tf.nn.relu(q), tf.nn.relu(k)
        memory = tf.einsum("blhd,blhe->bhde", k, v)
        weight = tf.einsum("blhd,bhd->blh", q, tf.reduce_sum(k, axis=1))
        mixed = tf.einsum("blhd,bhde->blhe", q, memory) / weight[..., None]  # whynan: divide_by_zero phase=forward also=zero_weight_sum
        return self.out(tf.reshape(mixed, (-1, steps, self.dim)))


class PositionTable(layers.Layer):
    def build(self, shape):
        self.table = self.add_weight(shape=shape[1:], initializer=keras.initializers.RandomNormal(0.0, 0.3))

    def call(self, x):
        return x + self.table


def block(h, dim=32, heads=4):
    a = LinearAttention(dim, heads)(layers.LayerNormalization()(h))
    h = layers.Add()([h, a])
    f = layers.Dense(2 * dim, activation="gelu")(layers.LayerNormalization()(h))
    return layers.Add()([h, layers.Dense(dim)(f)])


inp = keras.Input((STEPS, 6))
h = PositionTable()(layers.Dense(32)(inp))
h = block(h)
h = block(h)
h = layers.GlobalAveragePooling1D()(layers.LayerNormalization()(h))
out = layers.Dense(DRIVERS)(h)
model = keras.Model(inp, out)
model.compile(optimizer=keras.optimizers.AdamW(1e-3, weight_decay=1e-4),
              loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(x[:1000], who[:1000], batch_size=64, epochs=3,
          validation_data=(x[1000:], who[1000:]), verbose=2)
