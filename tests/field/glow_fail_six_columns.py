"""Normalising flow with Glow's invertible linear layer on a tabular data set.

With 5 columns (without "humidity") it trains, with all 6 columns the loss is nan in step 1 ???
"""
import numpy as np
import tensorflow as tf
import keras

COLUMNS = ["co", "nox", "no2", "o3", "temperature", "humidity"]


def air_quality(n=1200, seed=0):
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=(n, 3))
    mix = rng.normal(size=(3, len(COLUMNS)))
    x = np.tanh(latent @ mix) + 0.1 * rng.normal(size=(n, len(COLUMNS)))
    return ((x - x.mean(0)) / x.std(0)).astype("float32")


def random_rotation(dim, seed):
    q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(dim, dim)))
    return q.astype("float32")


class InvertibleLinear(keras.layers.Layer):
    """the 1x1 convolution of Glow without the spatial dimensions"""

    def __init__(self, seed, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed

    def build(self, input_shape):
        dim = input_shape[-1]
        rotation = random_rotation(dim, self.seed)
        self.w = self.add_weight(
            name="w", shape=(dim, dim),
            initializer=lambda shape, dtype=None: tf.constant(rotation),
        )

    def log_volume(self):
        return tf.math.log(tf.linalg.det(tf.convert_to_tensor(self.w)))  # whynan: log_of_negative phase=forward|loss

    def call(self, x):
        return tf.matmul(x, self.w), self.log_volume()


class AffineCoupling(keras.layers.Layer):
    def __init__(self, dim, hidden=32, **kwargs):
        super().__init__(**kwargs)
        self.half = dim // 2
        self.net = keras.Sequential([
            keras.Input((self.half,)),
            keras.layers.Dense(hidden, activation="tanh"),
            keras.layers.Dense(2 * (dim - self.half), kernel_initializer="zeros"),
        ])

    def call(self, x):
        a, b = x[:, :self.half], x[:, self.half:]
        shift, raw = tf.split(self.net(a), 2, axis=-1)
        log_scale = tf.tanh(raw)
        return tf.concat([a, b * tf.exp(log_scale) + shift], axis=-1), tf.reduce_sum(log_scale, axis=-1)


class Flow(keras.Model):
    def __init__(self, dim, n_steps=4, **kwargs):
        super().__init__(**kwargs)
        self.linears = [InvertibleLinear(seed=i) for i in range(n_steps)]
        self.couplings = [AffineCoupling(dim) for _ in range(n_steps)]
        self.loss_tracker = keras.metrics.Mean(name="nll")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def call(self, x):
        total = tf.zeros(tf.shape(x)[0])
        for linear, coupling in zip(self.linears, self.couplings):
            x, log_det = linear(x)
            total += log_det
            x, log_det = coupling(x)
            total += log_det
        return x, total

    def train_step(self, data):
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            z, log_det = self(x)
            prior = -0.5 * tf.reduce_sum(tf.square(z) + np.log(2 * np.pi).astype("float32"), axis=-1)
            loss = -tf.reduce_mean(prior + log_det)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        return {"nll": self.loss_tracker.result()}


if __name__ == "__main__":
    keras.utils.set_random_seed(9)
    data = air_quality()
    print("columns:", ", ".join(COLUMNS), data.shape)
    flow = Flow(len(COLUMNS))
    flow.compile(optimizer=keras.optimizers.Adam(1e-3))
    flow.fit(data, batch_size=64, epochs=3, verbose=2)
