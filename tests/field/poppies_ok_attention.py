"""Alkaloid content of poppy plots from irregular field visits (attention pooling over the visits).

Between 2 and 10 visits per plot; the laboratory did not analyse every plot.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(140)
rng = np.random.default_rng(140)

PLOTS, VISITS, FEATS = 1200, 10, 6

n_visits = rng.integers(2, VISITS + 1, PLOTS)
present = np.arange(VISITS)[None, :] < n_visits[:, None]
vigour = rng.normal(size=(PLOTS, 1, 1))
visits = rng.normal(size=(PLOTS, VISITS, FEATS)) + 0.8 * vigour
visits[~present] = 0.0

alkaloid = 1.5 + 0.6 * vigour[:, 0, 0] + 0.2 * visits[:, 0, 2] + rng.normal(0, 0.2, PLOTS)
alkaloid[rng.random(PLOTS) < 0.3] = np.nan

visits = visits.astype("float32")
target = alkaloid[:, None].astype("float32")
print("plots without laboratory value:", int(np.isnan(target).sum()))


class VisitAttention(layers.Layer):
    def __init__(self, units, **kw):
        super().__init__(**kw)
        self.key = layers.Dense(units)
        self.value = layers.Dense(units)

    def build(self, shapes):
        self.key.build(shapes[0])
        self.value.build(shapes[0])
        self.query = self.add_weight(shape=(self.key.units, 1), initializer="glorot_uniform", name="query")

    def call(self, inputs):
        x, mask = inputs
        score = tf.matmul(tf.tanh(self.key(x)), self.query)[..., 0]
        score = tf.where(mask > 0.5, score, -np.inf)
        score -= tf.stop_gradient(tf.reduce_max(score, axis=1, keepdims=True))
        weight = tf.exp(score)
        weight /= tf.reduce_sum(weight, axis=1, keepdims=True)
        return tf.reduce_sum(weight[..., None] * self.value(x), axis=1)


def observed_mse(y, pred):
    missing = tf.math.is_nan(y)
    filled = tf.where(missing, tf.zeros_like(y), y)
    w = tf.cast(~missing, tf.float32)
    return tf.reduce_sum(w * tf.square(filled - pred)) / tf.reduce_sum(w)


x_in = keras.Input((VISITS, FEATS))
m_in = keras.Input((VISITS,))
pooled = VisitAttention(24)([x_in, m_in])
h = layers.Dense(24, activation="relu")(pooled)
model = keras.Model([x_in, m_in], layers.Dense(1)(h))
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=observed_mse)

mask = present.astype("float32")
model.fit([visits, mask], target, batch_size=60, epochs=12, verbose=2)  # whynan: healthy

pred = model.predict([visits, mask], verbose=0)
known = ~np.isnan(target)
print("rmse on analysed plots:", float(np.sqrt(np.mean((pred[known] - target[known]) ** 2))))
