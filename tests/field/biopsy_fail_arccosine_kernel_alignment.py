"""Learning features for an arc-cosine kernel (Cho & Saul, degree 1) by kernel-target alignment.

Breast cancer biopsies. The alignment of the untrained features is about 0.3, so the forward pass must be right.
After a single update the features are nan. I already clip the cosine because I had read about arccos and rounding.
"""
import math

import numpy as np
import tensorflow as tf
import keras
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(77)


def load(batch):
    data = load_breast_cancer()
    x = StandardScaler().fit_transform(data.data).astype("float32")
    y = np.where(data.target == 1, 1.0, -1.0).astype("float32")
    return (
        tf.data.Dataset.from_tensor_slices((x, y))
        .shuffle(len(x), seed=3)
        .batch(batch, drop_remainder=True)
        .prefetch(1)
    )


def arccosine_kernel(features):
    """k(x, y) = |x||y| J(theta) / pi with J = sin(theta) + (pi - theta) cos(theta)"""
    gram = tf.matmul(features, features, transpose_b=True)
    length = tf.sqrt(tf.linalg.diag_part(gram) + 1e-12)
    lengths = length[:, None] * length[None, :]
    cosine = tf.clip_by_value(gram / lengths, -1.0, 1.0)
    theta = tf.acos(cosine)  # whynan: acos_grad_at_one phase=gradient also=acos_domain,clip_misuse
    return lengths * (tf.sin(theta) + (math.pi - theta) * tf.cos(theta)) / math.pi


def centred(k):
    rows = tf.reduce_mean(k, axis=0, keepdims=True)
    cols = tf.reduce_mean(k, axis=1, keepdims=True)
    return k - rows - cols + tf.reduce_mean(k)


def alignment(k, y):
    ideal = centred(y[:, None] * y[None, :])
    k = centred(k)
    return tf.reduce_sum(k * ideal) / (tf.norm(k) * tf.norm(ideal))


feature_net = keras.Sequential([
    keras.Input((30,)),
    keras.layers.Dense(48, activation="tanh"),
    keras.layers.Dense(12),
])
optimizer = keras.optimizers.SGD(0.05, momentum=0.9)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        value = alignment(arccosine_kernel(feature_net(x, training=True)), y)
        loss = 1.0 - value
    grads = tape.gradient(loss, feature_net.trainable_variables)
    optimizer.apply_gradients(zip(grads, feature_net.trainable_variables))
    return value


def main():
    for epoch in range(5):
        seen = [float(train_step(x, y)) for x, y in load(64)]
        print(f"epoch {epoch}: alignment first batch {seen[0]:.3f}, mean {np.mean(seen):.3f}")
    print("largest weight:", max(float(tf.reduce_max(tf.abs(w))) for w in feature_net.trainable_variables))


main()
