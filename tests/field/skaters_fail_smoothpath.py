"""Where will the skater be? Short-term trajectory forecasting on the ice rink (10 Hz, 8 in, 12 out).

Residual to constant velocity, displacement loss, and a penalty on sharp turns because
skaters do not zigzag.
"""
import argparse

import keras
import numpy as np
import tensorflow as tf

PAST, FUTURE, HZ = 8, 12, 10.0


def rink(n, rng):
    """Arcs of changing radius, positions in metres, measured by the ceiling cameras."""
    steps = PAST + FUTURE
    speed = rng.uniform(3.0, 9.0, (n, 1)) + 0.4 * np.cumsum(rng.normal(0, 0.3, (n, steps)), axis=1)
    speed = np.clip(speed, 1.5, 11.0)
    turn_rate = rng.normal(0, 0.5, (n, 1)) + np.cumsum(rng.normal(0, 0.06, (n, steps)), axis=1)
    heading = rng.uniform(-np.pi, np.pi, (n, 1)) + np.cumsum(turn_rate / HZ, axis=1)
    velocity = speed[..., None] * np.stack([np.cos(heading), np.sin(heading)], axis=-1)
    position = rng.uniform(-15, 15, (n, 1, 2)) + np.cumsum(velocity / HZ, axis=1)
    position += rng.normal(0, 0.01, position.shape)
    return position[:, :PAST].astype("float32"), position[:, PAST:].astype("float32")


class PathNet:
    def __init__(self, hidden):
        seen = keras.Input((PAST, 2))
        h = keras.layers.GRU(hidden)(seen)
        h = keras.layers.Dense(hidden, activation="tanh")(h)
        out = keras.layers.Dense(FUTURE * 2, kernel_initializer="zeros")(h)
        self.residual = keras.Model(seen, keras.layers.Reshape((FUTURE, 2))(out))
        self.ticks = tf.reshape(tf.range(1.0, FUTURE + 1.0), (1, FUTURE, 1))

    def __call__(self, past):
        last = past[:, -1:]
        velocity = (past[:, -1:] - past[:, -4:-3]) / 3.0
        return last + self.ticks * velocity + self.residual(past - last)

    @property
    def weights(self):
        return self.residual.trainable_variables


def turn_penalty(path):
    leg = path[:, 1:] - path[:, :-1]
    heading = leg / (tf.norm(leg, axis=-1, keepdims=True) + 1e-8)
    cos = tf.reduce_sum(heading[:, 1:] * heading[:, :-1], axis=-1)
    angle = tf.acos(tf.clip_by_value(cos, -1.0, 1.0))  # whynan: clip_misuse phase=gradient also=acos_grad_at_one,acos_domain
    return tf.reduce_mean(tf.square(angle))


def ade(path, truth):
    return tf.reduce_mean(tf.norm(path - truth, axis=-1))


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("--hidden", type=int, default=24)
    ap.add_argument("--turn-weight", type=float, default=0.1)
    ap.add_argument("--epochs", type=int, default=2)
    args = ap.parse_args()

    keras.utils.set_random_seed(400)
    past, future = rink(640, np.random.default_rng(1))
    net = PathNet(args.hidden)
    optimizer = keras.optimizers.Adam(2e-3)
    batches = tf.data.Dataset.from_tensor_slices((past, future)).shuffle(640, seed=9).batch(64)
    for epoch in range(args.epochs):
        seen = []
        for p, f in batches:
            with tf.GradientTape() as tape:
                path = net(p)
                loss = ade(path, f) + args.turn_weight * turn_penalty(path)
            grads = tape.gradient(loss, net.weights)
            optimizer.apply_gradients(zip(grads, net.weights))
            seen.append(float(loss))
        print(f"epoch {epoch}: loss {np.mean(seen):.4f} first {seen[0]:.4f} last {seen[-1]:.4f}")
