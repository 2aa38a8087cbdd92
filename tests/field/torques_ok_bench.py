"""Bolt tightening bench: friction moment from angle, speed, lubrication and washer data."""
import argparse

import numpy as np
import tensorflow as tf
import keras
from keras import layers


def bench_runs(n, seed):
    rng = np.random.default_rng(seed)
    angle, speed, oil, washer, temp = rng.uniform(-1.7, 1.7, (5, n))
    moment = (1.0 * angle + 0.6 * np.tanh(3 * speed) - 0.5 * oil + 0.3 * washer * angle
              + 0.1 * temp + rng.normal(0, 0.1, n))
    x = np.stack([angle, speed, oil, washer, temp], axis=1).astype("float32")
    moment = (moment - moment.mean()) / moment.std()
    return x, moment.astype("float32")[:, None]


class TorqueNet(keras.Model):
    def __init__(self, width=40):
        super().__init__()
        self.body = keras.Sequential([
            layers.Dense(width, activation="tanh"),
            layers.Dense(width, activation="tanh"),
        ])
        self.head = layers.Dense(1)
        self.track = keras.metrics.Mean(name="loss")
        self.abs_err = keras.metrics.MeanAbsoluteError(name="mae")

    def call(self, x):
        return self.head(self.body(x))

    @property
    def metrics(self):
        return [self.track, self.abs_err]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            pred = self(x, training=True)
            loss = tf.reduce_mean(tf.square(y - pred))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.track.update_state(loss)
        self.abs_err.update_state(y, pred)
        return {m.name: m.result() for m in self.metrics}

    def test_step(self, data):
        x, y = data
        pred = self(x, training=False)
        self.track.update_state(tf.reduce_mean(tf.square(y - pred)))
        self.abs_err.update_state(y, pred)
        return {m.name: m.result() for m in self.metrics}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=1.0)
    parser.add_argument("--epochs", type=int, default=12)
    args = parser.parse_args()

    keras.utils.set_random_seed(6)
    x, y = bench_runs(1000, seed=6)
    net = TorqueNet()
    net(x[:2])
    net.compile(optimizer=keras.optimizers.RMSprop(learning_rate=args.rate))
    net.fit(x[:800], y[:800], validation_data=(x[800:], y[800:]),  # whynan: unstable
            batch_size=32, epochs=args.epochs, verbose=2)
    p = net.predict(x[800:], verbose=0)
    print("std of the measured moments", y[800:].std(), " of the predicted ones", p.std())


if __name__ == "__main__":
    main()
