"""Semantic segmentation with a void label. I mask void pixels out of the loss, but it is nan from step 1.

(Without jit_compile it says 'Received a label value of 255', so I thought XLA is the cure.)
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(30)

N_CLASSES = 3
VOID = 255


def synth(n=64, hw=16):
    rng = np.random.default_rng(30)
    lab = np.zeros((n, hw, hw), "uint8")
    lab[:, hw // 2:] = 1
    for k in range(n):
        r, c = rng.integers(3, 9, 2)
        lab[k, r:r + 4, c:c + 4] = 2
    img = (lab[..., None] * 0.5 + rng.normal(0, 0.1, (n, hw, hw, 3))).astype("float32")
    lab[:, -1, :] = VOID             # ego vehicle
    return img, lab


def masked_ce(y_true, logits):
    labels = tf.reshape(tf.cast(y_true, tf.int32), tf.shape(logits)[:-1])
    keep = tf.cast(tf.not_equal(labels, VOID), logits.dtype)
    ce = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)  # whynan: label_out_of_range phase=loss also=nan_mask_mismatch
    return tf.reduce_sum(ce * keep) / tf.reduce_sum(keep)


images, labels = synth()
inp = keras.Input((16, 16, 3))
h = layers.Conv2D(8, 3, padding="same", activation="tanh")(inp)
h = layers.Conv2D(8, 3, padding="same", activation="tanh")(h)
fcn = keras.Model(inp, layers.Conv2D(N_CLASSES, 1)(h))
fcn.compile(optimizer="adam", loss=masked_ce, jit_compile=True)
fcn.fit(images, labels[..., None], batch_size=16, epochs=3, verbose=2)
