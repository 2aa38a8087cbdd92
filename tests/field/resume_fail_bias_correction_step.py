# Training is cut into two jobs (cluster limit). The first job is fine, the second one is nan after its first update.
# Weights and moments are restored exactly, I compared them.
import json
import os
import tempfile

import numpy as np
import tensorflow as tf

tf.random.set_seed(9)
WORK = tempfile.mkdtemp()


class MLP(tf.Module):
    def __init__(self, sizes):
        super().__init__()
        init = tf.keras.initializers.GlorotUniform(seed=9)
        self.w = [tf.Variable(init((a, b)), name=f"w{i}") for i, (a, b) in enumerate(zip(sizes[:-1], sizes[1:]))]
        self.b = [tf.Variable(tf.zeros([b]), name=f"b{i}") for i, b in enumerate(sizes[1:])]

    def __call__(self, x):
        for w, b in zip(self.w[:-1], self.b[:-1]):
            x = tf.tanh(x @ w + b)
        return x @ self.w[-1] + self.b[-1]


class Adam(tf.Module):
    """without the framework, to understand it"""

    def __init__(self, variables, lr=2e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__()
        self.lr, self.betas, self.eps = lr, betas, eps
        self.m = [tf.Variable(tf.zeros_like(v), trainable=False) for v in variables]
        self.v = [tf.Variable(tf.zeros_like(v), trainable=False) for v in variables]
        self.t = 1

    def corrected(self, moment, beta):
        return moment / (1.0 - beta ** self.t)  # whynan: divide_by_zero phase=update

    def update(self, grads, variables):
        b1, b2 = self.betas
        for g, x, m, v in zip(grads, variables, self.m, self.v):
            m.assign(b1 * m + (1 - b1) * g)
            v.assign(b2 * v + (1 - b2) * g * g)
            x.assign_sub(self.lr * self.corrected(m, b1) / (tf.sqrt(self.corrected(v, b2)) + self.eps))
        self.t += 1


def tides(n=320):
    rng = np.random.default_rng(9)
    x = rng.normal(size=(n, 6))
    y = np.sin(x[:, :1]) + 0.5 * x[:, 1:2] * x[:, 2:3] + rng.normal(0, 0.05, (n, 1))
    return x.astype("float32"), y.astype("float32")


def save(model, optimizer, step):
    tf.train.Checkpoint(model=model, optimizer=optimizer).write(os.path.join(WORK, "state"))
    with open(os.path.join(WORK, "meta.json"), "w") as f:
        json.dump({"step": step, "lr": optimizer.lr}, f)


def restore(model, optimizer):
    tf.train.Checkpoint(model=model, optimizer=optimizer).read(os.path.join(WORK, "state")).expect_partial()
    with open(os.path.join(WORK, "meta.json")) as f:
        meta = json.load(f)
    optimizer.lr = meta["lr"]
    optimizer.t = meta.get("iteration", 0)


def job(number, epochs=2, batch=16):
    model = MLP([6, 24, 24, 1])
    optimizer = Adam(model.trainable_variables)
    if number > 0:
        restore(model, optimizer)
    x, y = tides()
    for epoch in range(epochs):
        for i in range(0, len(x), batch):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(model(x[i:i + batch]) - y[i:i + batch]))
            optimizer.update(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        print(f"job {number} epoch {epoch} loss {float(loss):.5f}")
    save(model, optimizer, optimizer.t)


for number in range(2):
    job(number)
