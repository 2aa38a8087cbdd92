"""Imitating the recorded routes of our warehouse carts: 12 steps at most, from the local scene to waypoints.

First two epochs are good, at the start of the third the loss is nan and all weights too. That's where the ramp of the
path length term starts (weight 0.002, tiny). Unused steps at the end of short routes are masked out, so they can't be it.
"""
import argparse

import keras
import numpy as np
import tensorflow as tf

STEPS = 12
SCENE = 10


def parse(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--routes", type=int, default=256)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--quiet-epochs", type=int, default=2)
    parser.add_argument("--length-step", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=3)
    return parser.parse_args(argv)


class RouteBook:
    """Routes bend around one obstacle; short routes are padded to STEPS by standing still at the goal."""

    def __init__(self, count, seed):
        rng = np.random.default_rng(seed)
        goal = rng.uniform(-6.0, 6.0, (count, 2))
        side = rng.choice([-1.0, 1.0], count)
        used = rng.integers(5, STEPS + 1, count)
        t = np.minimum((np.arange(STEPS) + 1)[None, :] / used[:, None], 1.0)
        across = np.stack([-goal[:, 1], goal[:, 0]], axis=1)
        across /= np.linalg.norm(across, axis=1, keepdims=True) + 1e-9
        bend = side[:, None] * np.sin(np.pi * t) * 0.8
        self.paths = (goal[:, None] * t[..., None] + across[:, None] * bend[..., None]).astype("float32")
        self.mask = (np.arange(STEPS)[None, :] < used[:, None]).astype("float32")
        noise = rng.normal(0.0, 1.0, (count, SCENE - 4))
        self.scene = np.concatenate([goal / 6.0, side[:, None], used[:, None] / STEPS, noise], axis=1).astype("float32")

    def inputs(self):
        return {"scene": self.scene, "mask": self.mask}


class Planner(keras.Model):
    def __init__(self, width=48):
        super().__init__(name="planner")
        self.trunk = [keras.layers.Dense(width, activation="gelu") for _ in range(2)]
        self.norm = keras.layers.LayerNormalization(epsilon=1e-6)
        self.head = keras.layers.Dense(STEPS * 2)
        self.length_weight = self.add_weight(shape=(), initializer="zeros", trainable=False, name="length_weight")

    def call(self, inputs, training=False):
        x = inputs["scene"]
        for layer in self.trunk:
            x = layer(x)
        steps = tf.reshape(self.head(self.norm(x)), (-1, STEPS, 2))
        return tf.cumsum(steps * inputs["mask"][..., None], axis=1)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        mask = x["mask"]
        miss = tf.reduce_sum(tf.square(y - y_pred), axis=-1)
        imitation = tf.reduce_sum(miss * mask) / (tf.reduce_sum(mask) + 1e-6)
        legs = y_pred[:, 1:] - y_pred[:, :-1]
        length = tf.reduce_mean(tf.reduce_sum(tf.norm(legs, axis=-1), axis=1))  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero
        return imitation + self.length_weight * length


class RampLength(keras.callbacks.Callback):
    def __init__(self, quiet_epochs, step, ceiling=0.02):
        super().__init__()
        self.quiet_epochs, self.step, self.ceiling = quiet_epochs, step, ceiling

    def on_epoch_begin(self, epoch, logs=None):
        level = max(0, epoch - self.quiet_epochs + 1) * self.step
        self.model.length_weight.assign(min(level, self.ceiling))


class WeightWatch(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        total = sum(float(np.square(w).sum()) for w in self.model.get_weights())
        print(f"   |w| = {np.sqrt(total):.3f}")


def main(args):
    keras.utils.set_random_seed(args.seed)
    book = RouteBook(args.routes, args.seed)
    model = Planner()
    model.compile(optimizer=keras.optimizers.AdamW(2e-3, weight_decay=1e-4, clipnorm=1.0))
    model.fit(book.inputs(), book.paths, batch_size=args.batch, epochs=args.epochs, verbose=2,
              callbacks=[RampLength(args.quiet_epochs, args.length_step), WeightWatch()])


if __name__ == "__main__":
    main(parse([]))
