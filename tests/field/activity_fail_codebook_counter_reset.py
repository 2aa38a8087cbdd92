# Tokeniser for accelerometer windows (VQ-VAE with 96 codes). The layer counts how often
# every code was used in the current epoch and pushes the soft assignment to the rare ones.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(50)
WINDOW, DIM, CODES = 30, 8, 96


def windows(n=640, seed=50):
    rng = np.random.default_rng(seed)
    t = np.linspace(0, 1, WINDOW)
    kind = rng.integers(0, 4, n)
    freq = np.array([1.0, 2.0, 3.5, 6.0])[kind][:, None]
    x = np.sin(2 * np.pi * (freq * t + rng.uniform(0, 1, (n, 1)))) + rng.normal(0, 0.1, (n, WINDOW))
    return x.astype("float32")


def one_way_distance(z, codes):
    return (
        tf.reduce_sum(z ** 2, axis=1, keepdims=True)
        - 2.0 * tf.matmul(z, codes, transpose_b=True)
        + tf.reduce_sum(codes ** 2, axis=1)[None, :]
    )


class UsageCounter(layers.Layer):
    """state: number of windows per code since the last reset"""

    def __init__(self, n_codes, **kwargs):
        super().__init__(**kwargs)
        self.counts = self.add_weight(shape=(n_codes,), initializer="ones", trainable=False, name="counts")
        self.built = True

    def reset(self):
        self.counts.assign(tf.zeros_like(self.counts))

    def update(self, onehot):
        self.counts.assign_add(tf.reduce_sum(onehot, axis=0))

    def log_frequency(self):
        counts = tf.convert_to_tensor(self.counts)
        return tf.math.log(counts / tf.reduce_sum(counts))  # whynan: log_of_zero phase=forward|loss


class Codebook(layers.Layer):
    def __init__(self, n_codes, dim, commitment=0.25, balance=0.05, **kwargs):
        super().__init__(**kwargs)
        self.commitment, self.balance = commitment, balance
        self.codes = self.add_weight(shape=(n_codes, dim), name="codes",
                                     initializer=keras.initializers.RandomUniform(-0.5, 0.5))
        self.counter = UsageCounter(n_codes)

    def balance_loss(self, soft):
        # minimal when probability mass moves to codes with a low frequency
        return tf.reduce_sum(tf.reduce_mean(soft, axis=0) * self.counter.log_frequency())

    def call(self, z, training=False):
        codes = tf.convert_to_tensor(self.codes)
        d2 = one_way_distance(z, codes)
        onehot = tf.one_hot(tf.argmin(d2, axis=1), CODES)
        quantised = tf.matmul(onehot, codes)
        if training:
            self.counter.update(onehot)
            self.add_loss(self.balance * self.balance_loss(tf.nn.softmax(-d2, axis=1)))
        self.add_loss(tf.reduce_mean(tf.square(tf.stop_gradient(z) - quantised)))
        self.add_loss(self.commitment * tf.reduce_mean(tf.square(z - tf.stop_gradient(quantised))))
        return z + tf.stop_gradient(quantised - z)

    def compute_output_shape(self, input_shape):
        return input_shape


class CounterReport(keras.callbacks.Callback):
    """prints the usage and starts a new count for every epoch"""

    def __init__(self, codebook):
        super().__init__()
        self.codebook = codebook

    def on_epoch_end(self, epoch, logs=None):
        counts = self.codebook.counter.counts.numpy()
        print(f"epoch {epoch}: {int((counts > 1).sum())} of {CODES} codes in use, loss {logs['loss']:.4f}")
        self.codebook.counter.reset()


codebook = Codebook(CODES, DIM)
inputs = keras.Input((WINDOW,))
h = layers.Dense(32, activation="swish")(inputs)
h = layers.Dense(DIM)(h)
h = codebook(h)
h = layers.Dense(32, activation="swish")(h)
model = keras.Model(inputs, layers.Dense(WINDOW)(h))

x = windows()
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
model.fit(x, x, batch_size=64, epochs=5, verbose=0, callbacks=[CounterReport(codebook)])
