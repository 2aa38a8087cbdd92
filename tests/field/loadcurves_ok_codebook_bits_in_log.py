"""Compressing daily electricity curves of households with a vector-quantised autoencoder.

The log shows codebook_bits: nan in every epoch, the reconstruction gets better anyhow. Before I start the long run on
the cluster I want to know whether the nan sits in the codebook.
"""
# whynan: side_nonfinite
import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers

CONFIG = {"codes": 96, "code_dim": 6, "commitment": 0.25, "rate": 2e-3, "batch": 32, "epochs": 20}


class Codebook(layers.Layer):
    def __init__(self, codes, dim, **kwargs):
        super().__init__(**kwargs)
        self.codes = codes
        self.table = self.add_weight(shape=(codes, dim), initializer=keras.initializers.RandomUniform(-1.0, 1.0),
                                     name="table")

    def call(self, z):
        table = tf.convert_to_tensor(self.table)
        distance = (tf.reduce_sum(tf.square(z), 1, keepdims=True) - 2.0 * tf.matmul(z, table, transpose_b=True)
                    + tf.reduce_sum(tf.square(table), 1))
        index = tf.argmin(distance, axis=1)
        return tf.matmul(tf.one_hot(index, self.codes), table), index


class CurveCompressor(keras.Model):
    def __init__(self, cfg, **kwargs):
        super().__init__(**kwargs)
        self.cfg = cfg
        self.encoder = keras.Sequential([keras.Input((24,)), layers.Dense(48, activation="relu"),
                                         layers.Dense(cfg["code_dim"])])
        self.decoder = keras.Sequential([keras.Input((cfg["code_dim"],)), layers.Dense(48, activation="relu"),
                                         layers.Dense(24)])
        self.codebook = Codebook(cfg["codes"], cfg["code_dim"])
        self.loss_log = keras.metrics.Mean(name="loss")
        self.error_log = keras.metrics.Mean(name="reconstruction")
        self.bits_log = keras.metrics.Mean(name="codebook_bits")

    @property
    def metrics(self):
        return [self.loss_log, self.error_log, self.bits_log]

    def call(self, x):
        z = self.encoder(x)
        q, index = self.codebook(z)
        straight = z + tf.stop_gradient(q - z)
        return self.decoder(straight), z, q, index

    def usage_bits(self, index):
        share = tf.reduce_mean(tf.one_hot(index, self.cfg["codes"]), axis=0)
        return -tf.reduce_sum(share * tf.math.log(share)) / math.log(2.0)

    def train_step(self, data):
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            restored, z, q, index = self(x)
            error = tf.reduce_mean(tf.square(restored - x))
            pull_codes = tf.reduce_mean(tf.square(tf.stop_gradient(z) - q))
            commit = tf.reduce_mean(tf.square(z - tf.stop_gradient(q)))
            loss = error + pull_codes + self.cfg["commitment"] * commit
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.loss_log.update_state(loss)
        self.error_log.update_state(error)
        self.bits_log.update_state(self.usage_bits(index))
        return {m.name: m.result() for m in self.metrics}


def household_days(n, seed):
    rng = np.random.default_rng(seed)
    hour = np.arange(24)

    def bump(at, width):
        return np.exp(-0.5 * ((hour - at) / width) ** 2)

    shapes = np.stack([bump(7, 1.5) + 1.6 * bump(19, 2), bump(12, 3) + 0.8 * bump(20, 2), 1.8 * bump(2, 2),
                       0.6 + 0.0 * hour, 1.2 * bump(9, 2) + 1.2 * bump(17, 2)])
    kind = rng.integers(0, len(shapes), n)
    size = rng.uniform(0.6, 1.4, (n, 1))
    kw = 0.3 + size * shapes[kind] + rng.normal(0, 0.08, (n, 24))
    return (kw / kw.std()).astype("float32")


if __name__ == "__main__":
    keras.utils.set_random_seed(3)
    days = household_days(1920, seed=10)
    model = CurveCompressor(CONFIG)
    model(days[:4])
    model.compile(optimizer=keras.optimizers.Adam(CONFIG["rate"]))
    log = model.fit(days, batch_size=CONFIG["batch"], epochs=CONFIG["epochs"], verbose=2).history
    print("reconstruction", log["reconstruction"][0], "->", log["reconstruction"][-1])
    print("bits per day:", log["codebook_bits"][-1])
    _, _, _, index = model(days)
    print("codes in use over the whole year:", len(np.unique(index.numpy())))
