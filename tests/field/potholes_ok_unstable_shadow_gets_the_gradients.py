"""Repair cost of potholes, with a slow copy of the network for the final forecasts.

The loss of the network is the same in all epochs, to five decimals. The gradients are not zero
and the optimizer does count its steps. I also tried ten times the rate: the same numbers.
"""
# whynan: unstable
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(40)


def potholes(n=800):
    rng = np.random.default_rng(40)
    depth_cm = rng.gamma(4.0, 1.5, n)
    area_m2 = rng.gamma(2.0, 0.3, n)
    lorries = rng.uniform(0, 900, n)
    frost_days = rng.integers(5, 70, n)
    cost = 60 + 14 * depth_cm * area_m2 + 0.05 * lorries + 0.8 * frost_days + rng.normal(0, 6, n)
    x = np.stack([depth_cm, area_m2, lorries, frost_days], axis=1)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = (cost - cost.mean()) / cost.std()
    return x.astype("float32"), y.astype("float32")[:, None]


def make_network():
    return keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(32, activation="gelu"),
            keras.layers.Dense(32, activation="gelu"),
            keras.layers.Dense(1),
        ]
    )


class Trainer:
    def __init__(self, rate=2e-3, keep=0.99):
        self.live = make_network()
        self.shadow = make_network()
        self.shadow.set_weights(self.live.get_weights())
        self.optimizer = keras.optimizers.Adam(rate)
        self.keep = keep

    def update(self, gradients):
        self.optimizer.apply_gradients(zip(gradients, self.shadow.trainable_variables))
        for slow, fast in zip(self.shadow.trainable_variables, self.live.trainable_variables):
            slow.assign(self.keep * slow + (1.0 - self.keep) * fast)

    def batch(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.live(x, training=True) - y))
        gradients = tape.gradient(loss, self.live.trainable_variables)
        self.update(gradients)
        return float(loss), float(tf.linalg.global_norm(gradients))


def main():
    x, y = potholes()
    trainer = Trainer()
    rng = np.random.default_rng(1)
    for epoch in range(12):
        order = rng.permutation(len(x))
        results = [trainer.batch(x[rows], y[rows]) for rows in np.split(order, 20)]
        loss, norm = np.mean(results, axis=0)
        steps = int(trainer.optimizer.iterations.numpy())
        print(f"epoch {epoch:2d}  loss {loss:.5f}  gradient norm {norm:.3f}  steps {steps}")


if __name__ == "__main__":
    main()
