"""Poincare embedding of our reporting lines (after Nickel & Kiela, 2017).

HR wants a map of the company in which distance to the centre is seniority."""
import numpy as np
import tensorflow as tf
import keras
from keras import ops

keras.utils.set_random_seed(11)


def hr_export(n_staff=400, seed=11):
    """(employee, reports_to) for everybody, in order of joining."""
    rng = np.random.default_rng(seed)
    boss = np.zeros(n_staff, dtype="int32")
    for person in range(1, n_staff):
        boss[person] = rng.integers(0, person // 5 + 1)
    return np.stack([np.arange(n_staff, dtype="int32"), boss], axis=1)


class PoincareTable(keras.layers.Layer):
    def __init__(self, n_points, dim, **kwargs):
        super().__init__(**kwargs)
        self.n_points = n_points
        self.dim = dim

    def build(self, input_shape):
        self.points = self.add_weight(
            shape=(self.n_points, self.dim),
            initializer=keras.initializers.RandomUniform(-0.05, 0.05, seed=3),
            name="points",
        )

    def call(self, ids):
        return ops.take(self.points, ids, axis=0)


def poincare_distance(u, v):
    gap = ops.sum(ops.square(u - v), axis=-1)
    room_u = 1.0 - ops.sum(ops.square(u), axis=-1)
    room_v = 1.0 - ops.sum(ops.square(v), axis=-1)
    return ops.arccosh(1.0 + 2.0 * gap / (room_u * room_v))  # whynan: acos_grad_at_one phase=gradient also=special_function_domain


class Trainer:
    """Small loop with hooks; subclasses say how to compute and how to step."""

    def __init__(self, epochs, batch_size, seed=0):
        self.epochs, self.batch_size = epochs, batch_size
        self.rng = np.random.default_rng(seed)

    def on_epoch_begin(self, epoch): ...

    def on_epoch_end(self, epoch, losses): ...

    def prepare(self, rows):
        return rows

    def fit(self, rows):
        for epoch in range(self.epochs):
            self.on_epoch_begin(epoch)
            losses = []
            order = self.rng.permutation(len(rows))
            for start in range(0, len(order), self.batch_size):
                batch = self.prepare(rows[order[start:start + self.batch_size]])
                losses.append(self.step(*batch))
            self.on_epoch_end(epoch, losses)


class PoincareTrainer(Trainer):
    def __init__(self, table, n_negative=8, rate=0.3, **kwargs):
        super().__init__(**kwargs)
        self.table = table
        self.n_negative = n_negative
        self.base_rate = rate
        self.loss_and_grad = tf.function(self._loss_and_grad, reduce_retracing=True)

    def on_epoch_begin(self, epoch):
        self.rate = self.base_rate / 10 if epoch < 3 else self.base_rate   # burn-in as in the paper

    def on_epoch_end(self, epoch, losses):
        radius = np.linalg.norm(self.table.points.numpy(), axis=1)
        print(f"epoch {epoch:2d}  loss {np.mean(losses):.4f}  radius {radius.mean():.3f}")

    def prepare(self, rows):
        hops = self.rng.integers(1, self.table.n_points, (len(rows), self.n_negative))
        others = (rows[:, :1] + hops) % self.table.n_points     # anybody but oneself
        return tf.constant(rows[:, :1]), tf.constant(np.concatenate([rows[:, 1:], others], 1).astype("int32"))

    def _loss_and_grad(self, who, candidates):
        with tf.GradientTape() as tape:
            d = poincare_distance(self.table(who), self.table(candidates))
            loss = ops.mean(d[:, 0] + ops.logsumexp(-d, axis=1))
        grad = tape.gradient(loss, self.table.trainable_variables)[0]
        return loss, tf.convert_to_tensor(grad)

    def step(self, who, candidates):
        loss, grad = self.loss_and_grad(who, candidates)
        points = tf.convert_to_tensor(self.table.points)
        metric = tf.square(1.0 - tf.reduce_sum(tf.square(points), axis=1, keepdims=True)) / 4.0
        moved = points - self.rate * metric * grad * len(who)
        self.table.points.assign(tf.clip_by_norm(moved, 1.0 - 1e-5, axes=[1]))
        return float(loss)


lines = hr_export()
table = PoincareTable(len(lines), 5, name="staff")
table(np.zeros((1, 1), "int32"))
PoincareTrainer(table, epochs=12, batch_size=50).fit(lines)
