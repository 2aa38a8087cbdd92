# Prototype of a gesture under soft-DTW. The border of the dynamic programme is +inf (textbook), interior cells always
# have at least one finite predecessor.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(44)
T, P, GAMMA = 9, 6, 0.5
INF = float("inf")


def softmin(*args):
    return -GAMMA * tf.reduce_logsumexp(-tf.stack(args) / GAMMA, axis=0)


def soft_dtw(x, p):
    """x: (batch, T), p: (P,)"""
    cost = tf.square(x[:, :, None] - p[None, None])
    border = tf.fill((tf.shape(x)[0],), INF)
    previous = [tf.zeros_like(border)] + [border] * P
    for i in range(T):
        row = [border]
        for j in range(P):
            row.append(cost[:, i, j] + softmin(previous[j], previous[j + 1], row[j]))
        previous = row
    return previous[-1]


class Prototype(keras.Model):
    def __init__(self):
        super().__init__()
        self.proto = self.add_weight(shape=(P,), initializer=keras.initializers.RandomNormal(stddev=0.5), name="proto")

    def call(self, x):
        return soft_dtw(x, tf.convert_to_tensor(self.proto))


rng = np.random.default_rng(44)
shape = np.array([0.0, 1.0, 2.0, 1.0, -1.0, 0.0])
x = np.zeros((120, T), "float32")
for k in range(120):
    stretch = np.sort(rng.integers(0, P, T - P).tolist() + list(range(P)))
    x[k] = shape[stretch] + 0.05 * rng.normal(size=T)

model = Prototype()
# soft-DTW of similar series is negative, that's normal
model.compile(keras.optimizers.Adam(0.05), loss=lambda y, d: tf.reduce_mean(d))
h = model.fit(x, np.zeros(120, "float32"), batch_size=30, epochs=12, verbose=0)
print(h.history["loss"])
print(np.round(model.proto.numpy(), 2))
# whynan: healthy
