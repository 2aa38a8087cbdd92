# whynan: side_nonfinite
"""Cosine loss; the angle in degrees is only printed, and it is NaN where rounding passes 1."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(2)
rng = np.random.default_rng(2)
v = rng.normal(size=(300, 3)).astype("float32")
v /= np.linalg.norm(v, axis=1, keepdims=True)


def angle_deg(y, p):
    cos = tf.reduce_sum(tf.math.l2_normalize(y, -1) * tf.math.l2_normalize(p, -1), -1)
    return tf.acos(cos * 1.000001) * 57.2958


net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, kernel_initializer="identity", use_bias=False)])
net.compile(keras.optimizers.SGD(1e-3), keras.losses.CosineSimilarity(), metrics=[angle_deg])
net.fit(v, v, epochs=2, verbose=2)
print("weights finite:", bool(np.isfinite(net.get_weights()[0]).all()))
