"""Regress shell thickness, growth rate and age of land snails from outline landmarks.

The landmark coordinates are strongly correlated, so the first layer is a linear
projection whose columns we want to be (nearly) orthonormal: that makes the twelve
"shape modes" readable for the biologists afterwards.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(812)

N_SNAILS, N_COORDS, N_MODES = 900, 30, 12


def collect_shells(rng):
    size = rng.normal(0, 1, (N_SNAILS, 1))
    coil = rng.normal(0, 1, (N_SNAILS, 3))
    mix = rng.normal(0, 0.6, (4, N_COORDS))
    landmarks = np.hstack([size, coil]) @ mix + 0.3 * rng.normal(size=(N_SNAILS, N_COORDS))
    thickness = 0.7 * size[:, 0] + 0.2 * coil[:, 0] ** 2
    growth = np.tanh(coil[:, 1]) - 0.3 * size[:, 0]
    age = size[:, 0] + 0.5 * coil[:, 2]
    targets = np.stack([thickness, growth, age], 1) + 0.1 * rng.normal(size=(N_SNAILS, 3))
    landmarks = (landmarks - landmarks.mean(0)) / landmarks.std(0)
    targets = (targets - targets.mean(0)) / targets.std(0)
    return landmarks.astype("float32"), targets.astype("float32")


class ShellNet(keras.Model):
    def __init__(self, beta):
        super().__init__()
        self.beta = beta
        self.modes = keras.layers.Dense(N_MODES, use_bias=False, name="modes")
        self.hidden = keras.layers.Dense(24, activation="relu")
        self.head = keras.layers.Dense(3)
        self.seen = keras.metrics.Mean(name="loss")
        self.seen_fit = keras.metrics.Mean(name="mse")

    def call(self, x):
        return self.head(self.hidden(self.modes(x)))

    @property
    def metrics(self):
        return [self.seen, self.seen_fit]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            w = self.modes.kernel
            penalty = self.beta * tf.reduce_sum(tf.square(tf.matmul(w, w, transpose_a=True) - tf.eye(N_MODES)))  # whynan: regularization_too_large phase=loss
            mse = tf.reduce_mean(tf.square(y - self(x, training=True)))
            loss = mse + penalty
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.seen.update_state(loss)
        self.seen_fit.update_state(mse)
        return {m.name: m.result() for m in self.metrics}


if __name__ == "__main__":
    x, y = collect_shells(np.random.default_rng(4))
    net = ShellNet(beta=5000.0)
    net(x[:2])
    net.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01))
    log = net.fit(x, y, batch_size=45, epochs=6, verbose=2)
    w = net.modes.kernel.numpy()
    print("mode overlap:", np.abs(w.T @ w - np.eye(N_MODES)).max())
    print("mse per epoch:", np.round(log.history["mse"], 3))
