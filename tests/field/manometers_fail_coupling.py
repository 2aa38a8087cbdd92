"""Density model of the pressure pattern along a gas pipeline (six transmitters), to flag leaks.

Affine coupling flow, five blocks, standard normal base.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

SEED = 88
keras.utils.set_random_seed(SEED)


def simulate_pressures(n, rng):
    # inlet pressure set by the compressor, drop along the line depends on flow squared
    inlet = rng.normal(5.6e5, 1.5e4, n)
    flow = rng.gamma(20, 0.05, n)
    position = np.linspace(0.05, 0.95, 6)
    line = np.sqrt(inlet[:, None] ** 2 - 4.0e10 * flow[:, None] ** 2 * position[None, :])
    return (line + rng.normal(0, 350.0, line.shape)).astype("float32")


class Coupling(layers.Layer):
    def __init__(self, dim, hidden=64, **kw):
        super().__init__(**kw)
        self.keep = dim // 2
        self.h1 = layers.Dense(hidden, activation="relu")
        self.h2 = layers.Dense(hidden, activation="relu")
        self.st = layers.Dense(2 * (dim - dim // 2))

    def call(self, x):
        x1, x2 = x[:, :self.keep], x[:, self.keep:]
        s, t = tf.split(self.st(self.h2(self.h1(x1))), 2, axis=-1)
        y2 = x2 * tf.exp(s) + t  # whynan: unscaled_input phase=forward also=exp_overflow
        return tf.concat([y2, x1], axis=-1), tf.reduce_sum(s, axis=-1)


class Flow(keras.Model):
    def __init__(self, dim, blocks=5):
        super().__init__()
        self.dim = dim
        self.blocks = [Coupling(dim, name=f"coupling_{i}") for i in range(blocks)]

    def call(self, x):
        logdet = tf.zeros_like(x[:, 0])
        for block in self.blocks:
            x, ld = block(x)
            logdet += ld
        return x, logdet

    def log_prob(self, x):
        z, logdet = self(x)
        base = -0.5 * tf.reduce_sum(tf.square(z), -1) - 0.5 * self.dim * np.log(2 * np.pi)
        return base + logdet


def main():
    rng = np.random.default_rng(SEED)
    pressures = simulate_pressures(2400, rng)
    healthy, check = pressures[:2000], pressures[2000:].copy()
    check[:200, 3:] -= 9000.0

    flow = Flow(pressures.shape[1])
    opt = keras.optimizers.Adam(5e-4, clipnorm=5.0)
    data = tf.data.Dataset.from_tensor_slices(healthy).shuffle(2000, seed=SEED).batch(100)

    @tf.function
    def update(batch):
        with tf.GradientTape() as tape:
            nll = -tf.reduce_mean(flow.log_prob(batch))
        grads = tape.gradient(nll, flow.trainable_variables)
        opt.apply_gradients(zip(grads, flow.trainable_variables))
        return nll

    flow(tf.zeros((1, pressures.shape[1])))
    for epoch in range(12):
        total = [float(update(b)) for b in data]
        print(f"epoch {epoch:2d}   nats per sample {np.mean(total):.3f}")

    score = flow.log_prob(tf.constant(check)).numpy()
    threshold = np.quantile(flow.log_prob(tf.constant(healthy)).numpy(), 0.01)
    print("leaks flagged:", np.mean(score[:200] < threshold),
          " false alarms:", np.mean(score[200:] < threshold))


if __name__ == "__main__":
    main()
