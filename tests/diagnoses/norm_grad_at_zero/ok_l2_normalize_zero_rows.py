# whynan: healthy
"""Cosine retrieval with padding rows that are all zero: l2_normalize has an epsilon."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
queries = rng.normal(size=(128, 8)).astype("float32")
queries[::9] = 0.0
docs = (queries + 0.1 * rng.normal(size=(128, 8))).astype("float32")

enc = keras.layers.Dense(6, use_bias=False)
enc.build((None, 8))
opt = keras.optimizers.SGD(0.1)


@tf.function
def step(q, d):
    with tf.GradientTape() as tape:
        zq = tf.math.l2_normalize(enc(q), axis=1)
        zd = tf.math.l2_normalize(enc(d), axis=1)
        sim = tf.matmul(zq, zd, transpose_b=True) / 0.1
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(tf.range(tf.shape(q)[0]), sim))
    g = tape.gradient(loss, enc.trainable_variables)
    opt.apply_gradients(zip(g, enc.trainable_variables))
    return loss


for e in range(4):
    for i in range(0, 128, 32):
        loss = step(queries[i:i + 32], docs[i:i + 32])
    print(e, float(loss))
