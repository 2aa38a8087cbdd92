# Domain adaptation (two hospitals). Instead of a gradient reversal layer I simply subtract the adversary's loss.
import argparse

import numpy as np
import tensorflow as tf
import keras
from keras import layers

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=600)
parser.add_argument("--lr", type=float, default=0.05)
parser.add_argument("--lam", type=float, default=1.0)
args, _ = parser.parse_known_args()
keras.utils.set_random_seed(4)


def hospital_batches(batch=64):
    rng = np.random.default_rng(4)
    direction = rng.normal(size=12)
    while True:
        site = np.repeat([0.0, 1.0], batch // 2).astype("float32")[:, None]
        x = rng.normal(size=(batch, 12)) + 0.7 * site
        label = (x @ direction > 0).astype("float32")[:, None]
        yield x.astype("float32"), label, site


def least_squares(score, wanted):
    gap = score - wanted
    return tf.reduce_mean(tf.square(gap))  # whynan: wrong_sign_loss phase=loss also=exploding_gradient


class DomainAdversarial:
    def __init__(self, lam, lr):
        self.lam = lam
        self.encoder = keras.Sequential([keras.Input((12,)), layers.Dense(32, activation="tanh"),
                                         layers.Dense(16, activation="tanh")], name="encoder")
        self.diagnosis = keras.Sequential([keras.Input((16,)), layers.Dense(1)], name="diagnosis")
        self.adversary = keras.Sequential([keras.Input((16,)), layers.Dense(1)], name="adversary")
        self.optimizer = keras.optimizers.SGD(lr)
        self.bce = keras.losses.BinaryCrossentropy(from_logits=True)
        self.optimizer.build(self.variables)

    @property
    def variables(self):
        return [w for part in (self.encoder, self.diagnosis, self.adversary) for w in part.trainable_variables]

    def losses(self, x, label, site):
        z = self.encoder(x, training=True)
        return self.bce(label, self.diagnosis(z)), least_squares(self.adversary(z), site)

    @tf.function
    def step(self, x, label, site):
        with tf.GradientTape() as tape:
            task, domain = self.losses(x, label, site)
            # the encoder must make the adversary as bad as possible
            total = task - self.lam * domain
        grads = tape.gradient(total, self.variables)
        self.optimizer.apply(grads, self.variables)
        return task, domain


net = DomainAdversarial(args.lam, args.lr)
stream = hospital_batches()
for step in range(args.steps):
    task, domain = net.step(*next(stream))
    if step % 20 == 0:
        print(f"{step:4d} diagnosis {float(task):.4f} adversary {float(domain):.4g}")
