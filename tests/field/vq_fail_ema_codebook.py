"""VQ-VAE (keras.io example by Sayak Paul) with the exponential moving average codebook of the Sonnet version.

I left out the Laplace smoothing of the counts, it is only cosmetic as far as I understand.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(64)


class VectorQuantizerEMA(layers.Layer):
    def __init__(self, num_embeddings, embedding_dim, decay=0.95, beta=0.25, **kwargs):
        super().__init__(**kwargs)
        self.embedding_dim = embedding_dim
        self.num_embeddings = num_embeddings
        self.decay = decay
        self.beta = beta

    def build(self, input_shape):
        shape = (self.num_embeddings, self.embedding_dim)
        self.codebook = self.add_weight(shape=shape, initializer="random_uniform", trainable=False, name="codebook")
        self.ema_count = self.add_weight(shape=shape[:1], initializer="zeros", trainable=False, name="ema_count")
        self.ema_sum = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="ema_sum")

    def call(self, x, training=False):
        flat = tf.reshape(x, (-1, self.embedding_dim))
        encodings = tf.one_hot(self.nearest(flat), self.num_embeddings)
        quantized = tf.reshape(tf.matmul(encodings, self.codebook), tf.shape(x))
        self.add_loss(self.beta * tf.reduce_mean((tf.stop_gradient(quantized) - x) ** 2))
        if training:
            self.move_codes(tf.stop_gradient(flat), encodings)
        return x + tf.stop_gradient(quantized - x)

    def nearest(self, flat):
        similarity = tf.matmul(flat, self.codebook, transpose_b=True)
        distances = (
            tf.reduce_sum(flat**2, axis=1, keepdims=True)
            + tf.reduce_sum(tf.convert_to_tensor(self.codebook) ** 2, axis=1)
            - 2 * similarity
        )
        return tf.argmin(distances, axis=1)

    def move_codes(self, flat, encodings):
        count = self._ema(self.ema_count, tf.reduce_sum(encodings, axis=0))
        total = self._ema(self.ema_sum, tf.matmul(encodings, flat, transpose_a=True))
        # mean of the vectors that voted for the code
        self.codebook.assign(total / count[:, None])  # whynan: divide_by_zero phase=update|forward also=empty_reduction,zero_weight_sum

    def _ema(self, variable, value):
        variable.assign(self.decay * variable + (1.0 - self.decay) * value)
        return tf.convert_to_tensor(variable)


def encoder(latent):
    return keras.Sequential(
        [
            keras.Input((12, 12, 1)),
            layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(latent, 3, strides=2, padding="same"),
        ],
        name="encoder",
    )


def decoder(latent):
    return keras.Sequential(
        [
            keras.Input((3, 3, latent)),
            layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="sigmoid"),
        ],
        name="decoder",
    )


def build_vqvae(latent=8, codes=256):
    inputs = keras.Input((12, 12, 1))
    quantized = VectorQuantizerEMA(codes, latent, name="quantizer")(encoder(latent)(inputs))
    return keras.Model(inputs, decoder(latent)(quantized))


def bars(n):
    rng = np.random.default_rng(64)
    images = np.zeros((n, 12, 12, 1), "float32")
    for image in images:
        image[rng.integers(0, 12), :, 0] = rng.uniform(0.5, 1.0)
        image[:, rng.integers(0, 12), 0] = rng.uniform(0.5, 1.0)
    return images


images = bars(320)
vqvae = build_vqvae()
vqvae.compile(optimizer="adam", loss="mse")
vqvae.fit(images, images, batch_size=16, epochs=3, verbose=2)
