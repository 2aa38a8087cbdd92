"""Ratings for a jigsaw puzzle shop: embeddings + small tower.

Micro-batches of 64 (that is what fits next to the web server), gradients summed over
four of them. Separate optimizers for the tables and for the tower. Curriculum: begin
with the customers who rate most, add more ratings every epoch.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(1000)

N_CUSTOMERS, N_PUZZLES, N_RATINGS = 400, 150, 3850
MICRO, ACCUMULATE, EPOCHS = 64, 4, 6


def ratings():
    rng = np.random.default_rng(1000)
    activity = rng.gamma(0.8, 1.0, N_CUSTOMERS)
    customer = rng.choice(N_CUSTOMERS, N_RATINGS, p=activity / activity.sum())
    puzzle = rng.integers(0, N_PUZZLES, N_RATINGS)
    u = rng.normal(0, 0.7, (N_CUSTOMERS, 4))
    v = rng.normal(0, 0.7, (N_PUZZLES, 4))
    score = 3.6 + (u[customer] * v[puzzle]).sum(1) + rng.normal(0, 0.4, N_RATINGS)
    score = np.clip(np.round(score * 2) / 2, 1, 5)
    frequent_first = np.argsort(-np.bincount(customer, minlength=N_CUSTOMERS)[customer], kind="stable")
    return customer[frequent_first], puzzle[frequent_first], score[frequent_first].astype("float32")


class TasteNet(keras.Model):
    def __init__(self, dim=12):
        super().__init__()
        self.customers = keras.layers.Embedding(N_CUSTOMERS, dim)
        self.puzzles = keras.layers.Embedding(N_PUZZLES, dim)
        self.tower = keras.Sequential([keras.layers.Dense(32, activation="silu"), keras.layers.Dense(1)])

    def call(self, inputs):
        c, p = self.customers(inputs[0]), self.puzzles(inputs[1])
        return self.tower(tf.concat([c, p, c * p], axis=-1))[:, 0]


class GradientBuffer:
    def __init__(self, variables):
        self.sums = [tf.Variable(tf.zeros(v.shape), trainable=False) for v in variables]
        self.count = 0

    def add(self, grads):
        for s, g in zip(self.sums, grads):
            s.assign_add(g)
        self.count += 1

    def take(self):
        mean = [s / self.count for s in self.sums]  # whynan: divide_by_zero phase=gradient|update
        for s in self.sums:
            s.assign(tf.zeros_like(s))
        self.count = 0
        return mean


net = TasteNet()
net([tf.zeros([1], tf.int64), tf.zeros([1], tf.int64)])
tables = net.customers.trainable_variables + net.puzzles.trainable_variables
tower = net.tower.trainable_variables
table_opt = keras.optimizers.Adagrad(0.1)
tower_opt = keras.optimizers.Adam(2e-3)
buffer = GradientBuffer(tables + tower)


@tf.function(reduce_retracing=True)
def micro_step(customer, puzzle, score):
    with tf.GradientTape() as tape:
        predicted = net([customer, puzzle])
        loss = tf.reduce_mean(tf.square(score - 3.6 - predicted))
    grads = tape.gradient(loss, tables + tower)
    return loss, [tf.convert_to_tensor(g) for g in grads]


def apply_buffer():
    grads = buffer.take()
    table_opt.apply_gradients(zip(grads[:len(tables)], tables))
    tower_opt.apply_gradients(zip(grads[len(tables):], tower))


customer, puzzle, score = ratings()
for epoch in range(EPOCHS):
    n = 1100 + 550 * epoch
    ds = tf.data.Dataset.from_tensor_slices((customer[:n], puzzle[:n], score[:n]))
    ds = ds.shuffle(n, seed=epoch).batch(MICRO)
    total = 0.0
    for step, (c, p, s) in enumerate(ds, start=1):
        loss, grads = micro_step(c, p, s)
        buffer.add(grads)
        total += float(loss)
        if step % ACCUMULATE == 0:
            apply_buffer()
    apply_buffer()      # what is left of the epoch
    print(f"epoch {epoch}  ratings {n}  mse {total / step:.4f}")
