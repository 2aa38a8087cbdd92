"""Tiny VQ autoencoder: straight-through estimator, codebook slots that are not in use yet are at distance +inf,
dead codes are re-seeded on purpose after each epoch."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(71)
CODES, DIM = 16, 4


class Quantiser(layers.Layer):
    def build(self, shape):
        self.book = self.add_weight(shape=(CODES, DIM), initializer=keras.initializers.RandomNormal(stddev=0.3), name="book")
        self.active = self.add_weight(shape=(CODES,), initializer="zeros", trainable=False, name="active")
        self.active.assign(np.r_[np.ones(8), np.zeros(8)])

    def call(self, z):
        book = tf.convert_to_tensor(self.book)
        dist = tf.reduce_sum(tf.square(z[:, None] - tf.stop_gradient(book)[None]), -1)
        dist = tf.where(tf.convert_to_tensor(self.active) > 0.5, dist, np.inf)
        code = tf.argmin(dist, axis=-1)
        q = tf.gather(book, code)
        self.add_loss(tf.reduce_mean(tf.square(q - tf.stop_gradient(z))))
        self.add_loss(0.25 * tf.reduce_mean(tf.square(z - tf.stop_gradient(q))))
        return z + tf.stop_gradient(q - z)

    def codes(self, z):
        d = ((z[:, None] - self.book.numpy()[None]) ** 2).sum(-1)
        d[:, self.active.numpy() < 0.5] = np.inf
        return d.argmin(1)


class ReviveDeadCodes(keras.callbacks.Callback):
    def __init__(self, encoder, quantiser, x):
        super().__init__()
        self.encoder, self.quantiser, self.x = encoder, quantiser, x
        self.rng = np.random.default_rng(0)

    def on_epoch_end(self, epoch, logs=None):
        z = np.asarray(self.encoder(self.x))
        code = self.quantiser.codes(z)
        onehot = np.eye(CODES)[code]
        count = onehot.sum(0)
        with np.errstate(invalid="ignore", divide="ignore"):
            centre = onehot.T @ z / count[:, None]                   # NaN rows for unused codes
        random_z = z[self.rng.integers(0, len(z), CODES)]
        book = np.where(count[:, None] > 0, centre, random_z)        # k-means step, dead codes re-seeded
        self.quantiser.book.assign(book)
        if epoch == 2:
            self.quantiser.active.assign(np.ones(CODES))
        p = count / count.sum()
        with np.errstate(all="ignore"):
            naive, good = -np.sum(p * np.log(p)), -np.sum(p[p > 0] * np.log(p[p > 0]))
        print(f"epoch {epoch} loss {logs['loss']:.4f} entropy {good:.3f} (naive {naive}) dead {(count == 0).sum()}")


rng = np.random.default_rng(71)
proto = rng.normal(size=(10, 12))
x = (proto[rng.integers(0, 10, 400)] + 0.1 * rng.normal(size=(400, 12))).astype("float32")

inp = keras.Input((12,))
encoder = keras.Model(inp, layers.Dense(DIM)(layers.Dense(24, activation="relu")(inp)))
vq = Quantiser()
decoder = keras.Sequential([layers.Dense(24, activation="relu"), layers.Dense(12)])
model = keras.Model(inp, decoder(vq(encoder(inp))))
model.compile(keras.optimizers.Adam(3e-3), loss="mse")
model.fit(x, x, batch_size=40, epochs=8, verbose=0, callbacks=[ReviveDeadCodes(encoder, vq, x)])
# whynan: side_nonfinite
