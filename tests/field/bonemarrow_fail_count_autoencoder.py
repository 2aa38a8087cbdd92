"""Latent space for single cells from bone marrow: variational autoencoder on raw counts, negative binomial likelihood.

Written after the well known paper on single-cell counts. Weights and dispersions have an optimiser of their own, because
with the small rate of the networks the dispersions hardly moved. Two or three epochs look right (the likelihood
improves in every one), then everything is nan at once. Every logarithm has its 1e-8.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(64)

EPS = 1e-8
LATENT = 8


def sequence_cells(n_cells=1216, n_genes=60, n_bursting=6, seed=12):
    """Three lineages with their own expression profile; the last genes are transcribed in rare bursts."""
    rng = np.random.default_rng(seed)
    lineage = rng.integers(0, 3, n_cells)
    depth = rng.lognormal(0.0, 0.3, (n_cells, 1))
    profile = rng.gamma(1.2, 4.0, (3, n_genes - n_bursting))
    rate = depth * profile[lineage] * rng.gamma(2.0, 0.5, (n_cells, n_genes - n_bursting))
    steady = rng.poisson(rate)
    bursting = (rng.random((n_cells, n_bursting)) < 0.03) * rng.poisson(9.0, (n_cells, n_bursting))
    return np.concatenate([steady, bursting], axis=1).astype("float32"), lineage


def build_encoder(n_genes, hidden=48):
    counts = keras.Input((n_genes,))
    h = keras.layers.Dense(hidden, activation="relu")(counts)
    return keras.Model(counts, keras.layers.Dense(2 * LATENT)(h), name="encoder")


class Decoder(keras.Model):
    def __init__(self, n_genes, hidden=48):
        super().__init__(name="decoder")
        self.hidden = keras.layers.Dense(hidden, activation="relu")
        self.share = keras.layers.Dense(n_genes, activation="softmax")
        self.theta = self.add_weight(shape=(n_genes,), initializer="ones", name="dispersion")

    def call(self, z):
        return self.share(self.hidden(z))


def nb_log_likelihood(x, mu, theta):
    log_theta = tf.math.log(theta + EPS)  # whynan: unconstrained_scale phase=loss|forward also=log_of_negative
    log_both = tf.math.log(theta + mu + EPS)
    return (
        theta * (log_theta - log_both)
        + x * (tf.math.log(mu + EPS) - log_both)
        + tf.math.lgamma(x + theta)
        - tf.math.lgamma(theta)
        - tf.math.lgamma(x + 1.0)
    )


counts, lineage = sequence_cells()
encoder, decoder = build_encoder(counts.shape[1]), Decoder(counts.shape[1])
decoder(tf.zeros((1, LATENT)))

weights = encoder.trainable_variables + [v for v in decoder.trainable_variables if v is not decoder.theta]
weight_optimizer = keras.optimizers.Adam(2e-3)
theta_optimizer = keras.optimizers.Adam(2e-2)
weight_optimizer.build(weights)
theta_optimizer.build([decoder.theta])


@tf.function
def train_step(x):
    with tf.GradientTape() as tape:
        mean, log_var = tf.split(encoder(tf.math.log1p(x), training=True), 2, axis=-1)
        log_var = tf.clip_by_value(log_var, -8.0, 4.0)
        z = mean + tf.exp(0.5 * log_var) * tf.random.normal(tf.shape(mean))
        mu = tf.reduce_sum(x, axis=1, keepdims=True) * decoder(z)
        log_lik = nb_log_likelihood(x, mu, tf.convert_to_tensor(decoder.theta))
        reconstruction = -tf.reduce_mean(tf.reduce_sum(log_lik, axis=1))
        kl = 0.5 * tf.reduce_mean(tf.reduce_sum(tf.exp(log_var) + tf.square(mean) - 1.0 - log_var, axis=1))
        loss = reconstruction + kl
    gradients = tape.gradient(loss, weights + [decoder.theta])
    weight_optimizer.apply_gradients(zip(gradients[:-1], weights))
    theta_optimizer.apply_gradients([(gradients[-1], decoder.theta)])
    return reconstruction, kl


cells = tf.data.Dataset.from_tensor_slices(counts).shuffle(len(counts), seed=1).batch(64)
for epoch in range(14):
    parts = np.array([[float(p) for p in train_step(batch)] for batch in cells])
    theta = decoder.theta.numpy()
    print(f"epoch {epoch + 1:2d}  reconstruction {parts[:, 0].mean():8.3f}  kl {parts[:, 1].mean():6.3f}"
          f"  dispersion {theta.min():.3f} ... {theta.max():.3f}")

centre = encoder(tf.math.log1p(counts)).numpy()[:, :LATENT]
print("lineages apart by", [round(float(np.linalg.norm(centre[lineage == a].mean(0) - centre[lineage == b].mean(0))), 2)
                            for a, b in ((0, 1), (0, 2), (1, 2))])
