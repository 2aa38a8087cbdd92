"""Predict the deviation (mm) of turned pistons together with its uncertainty."""
import math

import numpy as np
import tensorflow as tf
import keras


class ToleranceNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.Sequential([
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(32, activation="tanh"),
        ])
        self.head = keras.layers.Dense(2)
        self.nll_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.nll_tracker]

    def call(self, x, training=False):
        mean, raw = tf.split(self.head(self.body(x)), 2, axis=-1)
        return mean[:, 0], tf.math.softplus(raw[:, 0]) + 1e-3

    def nll(self, y, mean, sigma):
        z = (tf.reshape(y, (-1,)) - mean) / sigma
        return tf.reduce_mean(0.5 * z * z + tf.math.log(sigma) + 0.5 * math.log(2 * math.pi))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            mean, sigma = self(x, training=True)
            loss = self.nll(y, mean, sigma)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.nll_tracker.update_state(loss)
        return {"loss": self.nll_tracker.result()}

    def test_step(self, data):
        x, y = data
        self.nll_tracker.update_state(self.nll(y, *self(x, training=False)))
        return {"loss": self.nll_tracker.result()}


class WorstBatch(keras.callbacks.Callback):
    """Keep the raw curve: the progress bar only shows running means."""

    def on_epoch_begin(self, epoch, logs=None):
        self.curve, self.total = [], 0.0

    def on_train_batch_end(self, batch, logs=None):
        total = float(logs["loss"]) * (batch + 1)
        self.curve.append(total - self.total)
        self.total = total

    def on_epoch_end(self, epoch, logs=None):
        print(f"epoch {epoch:2d} loss {logs['loss']:7.3f} worst batch {max(self.curve):7.3f} "
              f"median {np.median(self.curve):7.3f} val {logs['val_loss']:7.3f}")


def machine_log(n, rng):
    tool_km = rng.uniform(0, 1, n)
    coolant = rng.normal(0, 1, n)
    feed = rng.normal(0, 1, n)
    spindle = rng.normal(0, 1, n)
    mean = 0.05 * np.sin(3 * tool_km) + 0.012 * coolant - 0.008 * feed * spindle
    noise = 0.004 + 0.006 * tool_km
    y = mean + noise * rng.normal(0, 1, n)
    x = np.stack([tool_km * 2 - 1, coolant, feed, spindle], axis=1)
    return x.astype("float32"), y.astype("float32")


if __name__ == "__main__":
    keras.utils.set_random_seed(505)
    rng = np.random.default_rng(505)
    x, y = machine_log(1200, rng)
    x_val, y_val = machine_log(300, rng)
    # two pistons were measured with a chip under the probe
    y[[212, 871]] += 0.15

    net = ToleranceNet()
    net.compile(optimizer=keras.optimizers.Adam(5e-3, clipnorm=1.0))
    net.fit(  # whynan: healthy
        x, y,
        validation_data=(x_val, y_val),
        batch_size=40,
        epochs=20,
        verbose=0,
        callbacks=[WorstBatch(), keras.callbacks.EarlyStopping(
            monitor="val_loss", mode="min", patience=6, restore_best_weights=True)],
    )

    mean, sigma = net.predict(x_val, verbose=0)
    inside = np.abs(y_val - mean) < 1.96 * sigma
    print(f"sigma {sigma.min():.4f}..{sigma.max():.4f} mm, 95% band covers {100 * inside.mean():.1f}%")
    print("likelihood of the first ten:", (np.exp(-0.5 * ((y_val - mean) / sigma) ** 2) / (sigma * 2.5066))[:10].round(1))
