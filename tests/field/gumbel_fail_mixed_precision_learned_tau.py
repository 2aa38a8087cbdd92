"""Categorical VAE (Gumbel-softmax, learned temperature) that I moved from float32 to mixed precision.

In float32 it trained for days. With the mixed_float16 policy the first step prints a normal loss and from then on all
is nan. Both logarithms are protected as in the paper's code, the loss is computed in float32.
"""
import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(17)
keras.config.set_dtype_policy("mixed_float16")

N_LATENT, N_CLASSES = 8, 10
EPS = 1e-20


class GumbelSoftmax(layers.Layer):
    """Differentiable draw from N_LATENT categorical variables."""

    def build(self, input_shape):
        self.raw_tau = self.add_weight(shape=(), initializer="zeros", name="raw_tau")

    def call(self, logits):
        tau = 0.5 + tf.nn.softplus(tf.cast(tf.convert_to_tensor(self.raw_tau), tf.float32))
        u = tf.random.uniform(tf.shape(logits), dtype=self.compute_dtype)
        gumbel = -tf.math.log(-tf.math.log(u + EPS) + EPS)  # whynan: float16_epsilon_underflow phase=forward|gradient also=log_of_zero
        return tf.nn.softmax((logits + gumbel) / tf.cast(tau, self.compute_dtype), axis=-1)


def make_vae(n_in):
    pixels = keras.Input((n_in,))
    h = layers.Dense(96, activation="relu")(pixels)
    logits = layers.Dense(N_LATENT * N_CLASSES)(h)
    logits = layers.Reshape((N_LATENT, N_CLASSES), name="logits")(logits)
    code = GumbelSoftmax(name="gumbel")(logits)
    h = layers.Dense(96, activation="relu")(layers.Flatten()(code))
    recon = layers.Dense(n_in, dtype="float32", name="recon")(h)
    return keras.Model(pixels, [recon, logits])


def negative_elbo(x, recon, logits):
    nll = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=recon), axis=1)
    log_q = tf.nn.log_softmax(tf.cast(logits, tf.float32), axis=-1)
    log_prior = -tf.math.log(float(N_CLASSES))
    kl = tf.reduce_sum(tf.exp(log_q) * (log_q - log_prior), axis=[1, 2])
    return tf.reduce_mean(nll + kl)


vae = make_vae(64)
optimizer = keras.optimizers.Adam(1e-3)
optimizer.build(vae.trainable_variables)


@tf.function
def train_step(x):
    with tf.GradientTape() as tape:
        recon, logits = vae(x, training=True)
        loss = negative_elbo(x, recon, logits)
    grads = tape.gradient(loss, vae.trainable_variables)
    optimizer.apply_gradients(zip(grads, vae.trainable_variables))
    return loss


images = (load_digits().data / 16.0).astype("float32")
batches = tf.data.Dataset.from_tensor_slices(images).shuffle(2000, seed=2).batch(64, drop_remainder=True)

for epoch in range(3):
    for step, batch in enumerate(batches):
        loss = train_step(batch)
        if step % 9 == 0:
            print(f"epoch {epoch} step {step:3d}  -elbo {float(loss):.3f}")
