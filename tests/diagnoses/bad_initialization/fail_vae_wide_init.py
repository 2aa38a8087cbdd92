"""Small VAE. Weights drawn with RandomNormal, as in the old notebook."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(27)
LATENT = 4
init = keras.initializers.RandomNormal(mean=0.0, stddev=20.0)


class Sampling(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.seed = keras.random.SeedGenerator(1)

    def call(self, inputs):
        mean, log_var = inputs
        kl = -0.5 * tf.reduce_mean(1 + log_var - tf.square(mean) - tf.exp(log_var))  # whynan: bad_initialization phase=forward|loss also=exp_overflow
        self.add_loss(0.1 * kl)
        noise = keras.random.normal(tf.shape(mean), seed=self.seed)
        return mean + tf.exp(0.5 * log_var) * noise


rng = np.random.default_rng(27)
images = rng.random((160, 36)).astype("float32")

x = keras.Input((36,))
h = keras.layers.Dense(24, activation="tanh", kernel_initializer=init)(x)
z = Sampling()([keras.layers.Dense(LATENT, kernel_initializer=init)(h),
                keras.layers.Dense(LATENT, kernel_initializer=init)(h)])
d = keras.layers.Dense(24, activation="tanh")(z)
vae = keras.Model(x, keras.layers.Dense(36, activation="sigmoid")(d))
vae.compile("adam", "binary_crossentropy")
vae.fit(images, images, epochs=3, batch_size=32, verbose=2)
