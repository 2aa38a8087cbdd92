"""Residual breaking strength of mooring lines, deep MLP in plain TensorFlow.

Inspection records: age, tonnes moored, UV hours, broken strands, ... -> strength left.
"""
import math

import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)


def inspections(n=1500):
    df = pd.DataFrame({
        "age_years": rng.uniform(0, 12, n),
        "diameter_mm": rng.choice([32, 40, 48, 56, 64, 72], n),
        "uv_kh": rng.gamma(3, 2, n),
        "broken_strands": rng.poisson(1.2, n),
        "salt_index": rng.beta(2, 5, n),
        "splices": rng.integers(0, 4, n),
        "peak_load_pct": rng.normal(45, 12, n),
        "cycles_k": rng.lognormal(2, 0.6, n),
        "wet_storage": rng.integers(0, 2, n),
        "abrasion_mm": rng.exponential(1.5, n),
    })
    strength = (100 - 2.1 * df.age_years - 4.0 * df.broken_strands - 1.3 * df.uv_kh
                - 6 * df.salt_index * df.wet_storage - 0.12 * np.maximum(df.peak_load_pct - 50, 0) ** 1.5
                - 3.0 * np.sqrt(df.abrasion_mm) + rng.normal(0, 2, n))
    return df, strength.to_numpy()


class LineNet(tf.Module):
    """Fully connected ReLU network, He initialisation."""

    def __init__(self, sizes):
        super().__init__()
        self.kernels, self.biases = [], []
        for fan_in, fan_out in zip(sizes[:-1], sizes[1:]):
            std = math.sqrt(fan_in / 2.0)
            self.kernels.append(tf.Variable(tf.random.normal([fan_in, fan_out], stddev=std)))
            self.biases.append(tf.Variable(tf.zeros([fan_out])))

    def __call__(self, x):
        h = x
        for k, b in zip(self.kernels[:-1], self.biases[:-1]):
            h = tf.nn.relu(tf.matmul(h, k) + b)
        return tf.matmul(h, self.kernels[-1]) + self.biases[-1]


df, strength = inspections()
x = ((df - df.mean()) / df.std()).to_numpy(dtype="float32")
y = ((strength - strength.mean()) / strength.std()).astype("float32")[:, None]
x_tr, y_tr, x_te, y_te = x[:1200], y[:1200], x[1200:], y[1200:]

net = LineNet([x.shape[1]] + [192] * 12 + [1])
velocity = [tf.Variable(tf.zeros_like(v), trainable=False) for v in net.trainable_variables]
LR, MU = 1e-3, 0.9


@tf.function
def train_step(xb, yb):
    with tf.GradientTape() as tape:
        pred = net(xb)
        loss = tf.reduce_mean(tf.square(pred - yb))  # whynan: bad_initialization phase=loss|forward
    grads = tape.gradient(loss, net.trainable_variables)
    for v, m, g in zip(net.trainable_variables, velocity, grads):
        m.assign(MU * m - LR * g)
        v.assign_add(m)
    return loss


train = tf.data.Dataset.from_tensor_slices((x_tr, y_tr)).shuffle(1200, seed=5).batch(60)
for epoch in range(10):
    running = [float(train_step(xb, yb)) for xb, yb in train]
    err = net(tf.constant(x_te)).numpy() - y_te
    print(f"epoch {epoch}: train mse {np.mean(running):.4g}, test rmse {np.sqrt(np.mean(err ** 2)) * strength.std():.3f} %")
