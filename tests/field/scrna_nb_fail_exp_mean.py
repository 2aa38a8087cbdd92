# Deep count autoencoder (negative binomial) for single cell data, re-implemented in Keras 3.
# loss: nan already in the first batch :(
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
N_CELLS, N_GENES = 384, 60

gene_mean = rng.lognormal(6.0, 1.5, size=(1, N_GENES))
depth = rng.lognormal(0.0, 0.3, size=(N_CELLS, 1))
counts = rng.poisson(gene_mean * depth).astype("float32")


def nb_log_prob(y, mu, theta, eps=1e-8):
    log_theta_mu = tf.math.log(theta + mu + eps)
    return (
        theta * (tf.math.log(theta + eps) - log_theta_mu)
        + y * (tf.math.log(mu + eps) - log_theta_mu)
        + tf.math.lgamma(y + theta)
        - tf.math.lgamma(theta)
        - tf.math.lgamma(y + 1.0)
    )


class CountAutoencoder(keras.Model):
    def __init__(self, n_genes, latent=32):
        super().__init__()
        self.encoder = layers.Dense(latent, activation="relu")
        self.mean_head = layers.Dense(n_genes)
        self.log_theta = self.add_weight(shape=(n_genes,), initializer="zeros", name="log_theta")
        self.nll_tracker = keras.metrics.Mean(name="nll")

    def call(self, x):
        z = self.encoder(x)
        mu = tf.exp(self.mean_head(z))  # whynan: exp_overflow phase=forward also=unscaled_input
        return mu

    def train_step(self, data):
        x = data
        with tf.GradientTape() as tape:
            mu = self(x, training=True)
            theta = tf.exp(self.log_theta)
            nll = -tf.reduce_mean(nb_log_prob(x, mu, theta))
        grads = tape.gradient(nll, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.nll_tracker.update_state(nll)
        return {"nll": self.nll_tracker.result()}

    @property
    def metrics(self):
        return [self.nll_tracker]


ds = tf.data.Dataset.from_tensor_slices(counts).shuffle(N_CELLS, seed=1).batch(32)
dca = CountAutoencoder(N_GENES)
dca.compile(optimizer=keras.optimizers.Adam(1e-4))
dca.fit(ds, epochs=2, verbose=2)
