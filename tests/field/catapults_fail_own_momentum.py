"""Throwing range of a school catapult: linear model on engineered features, own optimiser for the maths club."""
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf


@dataclass
class Options:
    throws: int = 1600
    batch: int = 50
    epochs: int = 30
    lr: float = 0.01
    momentum: float = 0.9
    seed: int = 18
    report_every: int = 5


class HeavyBall:
    """Gradient descent with momentum, Polyak 1964."""

    def __init__(self, variables, lr, momentum):
        self.variables = list(variables)
        self.lr = lr
        self.momentum = momentum
        self.velocity = [tf.Variable(tf.zeros_like(v), trainable=False) for v in self.variables]

    def apply(self, grads):
        for var, vel, grad in zip(self.variables, self.velocity, grads):
            vel.assign(self.momentum * vel - self.lr * grad)
            var.assign_sub(vel)


class RangeModel(tf.Module):
    def __init__(self, n_features, name="range_model"):
        super().__init__(name=name)
        self.w = tf.Variable(tf.random.normal((n_features, 1), stddev=0.05), name="w")
        self.b = tf.Variable(tf.zeros((1,)), name="b")

    def __call__(self, x):
        return tf.matmul(x, self.w) + self.b


def throw(n, rng):
    angle = rng.uniform(25.0, 65.0, n)
    tension = rng.uniform(10.0, 60.0, n)
    mass = rng.uniform(20.0, 90.0, n)
    arm = rng.uniform(0.2, 0.5, n)
    headwind = rng.normal(0.0, 1.5, n)
    speed = np.sqrt(tension * arm / mass) * 12.0
    metres = speed**2 * np.sin(np.radians(2 * angle)) / 9.81 - 0.3 * headwind + rng.normal(0, 0.3, n)
    feats = np.column_stack([np.sin(np.radians(2 * angle)), np.log(tension), np.log(mass), arm, headwind])
    return feats, metres[:, None]


def zscore(a):
    return ((a - a.mean(axis=0)) / a.std(axis=0)).astype("float32")


def make_step(model, optimiser):
    @tf.function
    def step(xb, yb):
        with tf.GradientTape() as tape:
            error = model(xb) - yb
            loss = tf.reduce_mean(tf.square(error))  # whynan: wrong_sign_loss phase=loss|forward also=exploding_gradient
        grads = tape.gradient(loss, optimiser.variables)
        optimiser.apply(grads)
        return loss

    return step


def main():
    opt = Options()
    keras.utils.set_random_seed(opt.seed)
    feats, metres = throw(opt.throws, np.random.default_rng(opt.seed))
    data = tf.data.Dataset.from_tensor_slices((zscore(feats), zscore(metres)))
    data = data.shuffle(opt.throws, seed=opt.seed).batch(opt.batch, drop_remainder=True)

    model = RangeModel(feats.shape[1])
    step = make_step(model, HeavyBall([model.w, model.b], opt.lr, opt.momentum))
    for epoch in range(1, opt.epochs + 1):
        mean = keras.metrics.Mean()
        for xb, yb in data:
            mean.update_state(step(xb, yb))
        if epoch % opt.report_every == 0:
            print(f"epoch {epoch:3d}  mse {float(mean.result()):.4g}")
    print("weights:", model.w.numpy().ravel().round(3))


if __name__ == "__main__":
    main()
