"""Daily nest survival of wagtails with a discrete hazard network.

share[d] = fraction of the nests that were visited on day d of the season; a loss can only be noted on visit days.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(41)

T = 28
share = np.tile([1.0, 0.6, 0.0, 0.8, 1.0, 0.5, 0.0], 4).astype("float32")


def simulate(n=1400):
    rng = np.random.default_rng(410)
    x = rng.normal(size=(n, 7)).astype("float32")
    risk = -3.0 + 0.9 * x[:, 0] - 0.5 * x[:, 1] + 0.8 * (x[:, 2] > 0) * x[:, 3]
    exposed = rng.random(n) < 0.04          # nests on the gravel bank, flooded within days
    x[exposed, 4] += 6.0
    risk[exposed] += 4.5
    day = np.full(n, T - 1)
    lost = np.zeros(n, bool)
    for d in range(T):
        h = np.minimum(np.exp(risk) * share[d], 1.0)
        hit = ~lost & (rng.random(n) < h)
        day[hit] = d
        lost |= hit
    return x, np.column_stack([day, lost]).astype("float32")


class VisitOffset(layers.Layer):
    def __init__(self, visited, **kw):
        super().__init__(**kw)
        self.visited = tf.constant(visited)

    def call(self, eta):
        return eta + tf.math.log(self.visited)[None, :]


def nest_nll(y_true, eta):
    day = tf.cast(y_true[:, 0], tf.int32)
    lost = y_true[:, 1] > 0.5
    hazard = tf.clip_by_value(tf.exp(eta), 0.0, 1.0)
    before = tf.math.cumprod(1.0 - hazard, axis=1, exclusive=True)
    pick = tf.one_hot(day, T)
    p_lost = tf.reduce_sum(pick * hazard * before, axis=1)
    p_alive = tf.reduce_sum(pick * (1.0 - hazard) * before, axis=1)
    return -tf.math.log(tf.maximum(tf.where(lost, p_lost, p_alive), 1e-6))


x, y = simulate()
print("nests", len(x), "lost", int(y[:, 1].sum()), "median day of loss", np.median(y[y[:, 1] > 0, 0]))

inp = keras.Input((x.shape[1],))
h = layers.Dense(64, activation="relu")(inp)
h = layers.Dense(64, activation="relu")(h)
h = layers.Dropout(0.1)(h)
risk = layers.Dense(1)(h)
shape = layers.Dense(T, kernel_initializer="zeros", bias_initializer=keras.initializers.Constant(-2.5))(h)
eta = VisitOffset(share)(layers.Add()([risk, shape]))
model = keras.Model(inp, eta)

model.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), loss=nest_nll)
model.fit(x, y, batch_size=50, epochs=10, validation_split=0.15, verbose=2)  # whynan: healthy

pred = model.predict(x, verbose=0)
hazard = np.clip(np.exp(pred), 0, 1)
alive = np.cumprod(1 - hazard, axis=1)[:, -1]
print("fledged: observed %.3f, model %.3f" % (1 - y[:, 1].mean(), alive.mean()))
print("days without any visit:", int((hazard.max(0) == 0).sum()))
