# whynan: healthy
"""The mean over an empty selection is computed, but tf.cond / where keeps it out, values and derivatives."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(15)
rng = np.random.default_rng(15)
x = rng.normal(size=(320, 6)).astype("float32")
domain = (rng.random(320) < 0.08).astype("float32")
y = np.stack([(x[:, 0] > 0).astype("float32"), domain], 1)


def gap_loss(y_true, logit):
    ce = tf.nn.sigmoid_cross_entropy_with_logits(y_true[:, :1], logit)
    picked = tf.boolean_mask(y_true[:, 0], y_true[:, 1] > 0.5)
    share = tf.reduce_mean(picked)
    weight = tf.where(tf.size(picked) > 0, share, 1.0)
    return tf.reduce_mean(ce) * (0.5 + weight)


net = keras.Sequential([keras.Input((6,)), keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(1)])
net.compile("adam", gap_loss)
net.fit(x, y, batch_size=10, epochs=3, verbose=2)
