"""Three properties of solvents from descriptors with one trunk: boiling point (nearly always measured), viscosity (about
half), biodegradation (few). Missing values are nan in the table and masked out before anything is computed.

Summing the three losses trains fine, but biodegradation suffers, so I now remove the conflicting part of the task
gradients for the trunk ("gradient surgery"). All three losses look normal until suddenly all of them are nan at once.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(50)

TASKS = ("boiling", "viscosity", "biodegradation")


def table(n=900, d=14):
    rng = np.random.default_rng(50)
    x = rng.normal(size=(n, d))
    latent = np.tanh(x @ rng.normal(size=(d, 3)) / 2.5)
    y = latent @ np.array([[1.0, 0.6, -0.7], [0.3, -0.8, 0.5], [0.2, 0.4, 0.9]]) + 0.15 * rng.normal(size=(n, 3))
    measured = rng.random((n, 3)) < np.array([0.97, 0.55, 0.09])
    return x.astype("float32"), np.where(measured, y, np.nan).astype("float32")


def flatten(grads):
    return tf.concat([tf.reshape(g, [-1]) for g in grads], axis=0)


def unflatten(vector, variables):
    parts = tf.split(vector, [int(np.prod(v.shape)) for v in variables])
    return [tf.reshape(p, v.shape) for p, v in zip(parts, variables)]


def remove_conflicts(task_grads):
    """Every task gradient loses its component along the other ones, but only where they point against it."""
    cleaned = []
    for i, own in enumerate(task_grads):
        for j, other in enumerate(task_grads):
            if i == j:
                continue
            against = tf.minimum(tf.tensordot(own, other, 1), 0.0)
            own = own - against / tf.reduce_sum(tf.square(other)) * other  # whynan: divide_by_zero phase=update|gradient
        cleaned.append(own)
    return tf.add_n(cleaned)


class MultiTask:
    def __init__(self, n_inputs, lr=2e-3):
        self.trunk = keras.Sequential(
            [layers.Input((n_inputs,)), layers.Dense(48, activation="swish"), layers.Dense(24, activation="swish")]
        )
        self.heads = [keras.Sequential([layers.Input((24,)), layers.Dense(1)], name=t) for t in TASKS]
        self.variables = list(self.trunk.trainable_variables)
        for head in self.heads:
            self.variables += head.trainable_variables
        self.optimizer = keras.optimizers.Adam(lr)
        self.optimizer.build(self.variables)

    @tf.function
    def step(self, x, y):
        known = tf.math.is_finite(y)
        target = tf.where(known, y, tf.zeros_like(y))
        weight = tf.cast(known, tf.float32)
        with tf.GradientTape(persistent=True) as tape:
            h = self.trunk(x, training=True)
            losses = []
            for t, head in enumerate(self.heads):
                error = tf.square(head(h, training=True)[:, 0] - target[:, t]) * weight[:, t]
                losses.append(tf.reduce_sum(error) / (tf.reduce_sum(weight[:, t]) + 1e-6))
        shared = self.trunk.trainable_variables
        per_task = [flatten(tape.gradient(loss, shared)) for loss in losses]
        grads = unflatten(remove_conflicts(per_task), shared)
        for loss, head in zip(losses, self.heads):
            grads += tape.gradient(loss, head.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.variables))
        return tf.stack(losses)


if __name__ == "__main__":
    x, y = table()
    print("measured:", dict(zip(TASKS, np.isfinite(y).sum(axis=0))))
    batches = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=3).batch(32, drop_remainder=True)
    trainer = MultiTask(x.shape[1])
    for epoch in range(6):
        history = np.array([trainer.step(xb, yb).numpy() for xb, yb in batches])
        print(f"epoch {epoch}", "  ".join(f"{t} {v:.4f}" for t, v in zip(TASKS, history.mean(axis=0))))
