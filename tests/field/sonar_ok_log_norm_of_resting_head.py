"""Sea bed type from side-scan sonar, with a second head for the depth that joins in later.

The log prints log10 of the gradient norm of each block. For the depth head it says -inf for the
first three epochs (numpy warns about a division by zero in log10). The losses look normal.
"""
# whynan: side_nonfinite
from collections import defaultdict

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(19)

CONFIG = {
    "epochs": 8,
    "batch": 40,
    "rate": 0.01,
    "depth_joins_in_epoch": 3,
    "depth_weight": 0.3,
}
SEABED = ["mud", "sand", "gravel", "rock"]


def pings(n=480, samples=24):
    rng = np.random.default_rng(19)
    kind = rng.integers(0, len(SEABED), n)
    depth = rng.uniform(8, 60, n)
    t = np.linspace(0, 1, samples)
    decay = np.array([9.0, 6.0, 4.0, 2.0])[kind][:, None]
    strength = np.array([0.5, 0.9, 1.3, 1.8])[kind][:, None]
    echo = strength * np.exp(-decay * t) + 0.01 * depth[:, None] * t
    echo += 0.08 * rng.normal(size=echo.shape)
    x = (echo - echo.mean()) / echo.std()
    return x.astype("float32"), kind.astype("int32"), ((depth - 34) / 15).astype("float32")[:, None]


def build(samples):
    echo = keras.Input((samples,))
    h = keras.layers.Dense(48, activation="relu", name="trunk_a")(echo)
    h = keras.layers.Dense(24, activation="relu", name="trunk_b")(h)
    kind = keras.layers.Dense(len(SEABED), name="kind_head")(h)
    depth = keras.layers.Dense(1, name="depth_head")(h)
    return keras.Model(echo, [kind, depth])


def log_norms(variables, gradients):
    squares = defaultdict(float)
    for v, g in zip(variables, gradients):
        squares[v.path.split("/")[0]] += float(tf.reduce_sum(tf.square(g)))
    return {block: np.log10(np.sqrt(s)) for block, s in squares.items()}


x, kind, depth = pings()
model = build(x.shape[1])
optimizer = keras.optimizers.Adam(CONFIG["rate"])
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
rng = np.random.default_rng(0)

for epoch in range(CONFIG["epochs"]):
    depth_weight = CONFIG["depth_weight"] if epoch >= CONFIG["depth_joins_in_epoch"] else 0.0
    order = rng.permutation(len(x))
    losses = []
    for rows in np.split(order, len(order) // CONFIG["batch"]):
        with tf.GradientTape() as tape:
            logits, metres = model(x[rows], training=True)
            loss_kind = cross_entropy(kind[rows], logits)
            loss_depth = tf.reduce_mean(tf.square(metres - depth[rows]))
            loss = loss_kind + depth_weight * loss_depth
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        losses.append(float(loss))
    report = log_norms(model.trainable_variables, gradients)
    text = "  ".join(f"{block} {value:.2f}" for block, value in report.items())
    print(f"epoch {epoch}  loss {np.mean(losses):.4f}  log10 norms: {text}")
