# VAE on patches of tooth enamel micrographs, after the Keras "Variational AutoEncoder" example
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(11)

# ---- data: 12x12 patches from the 12 bit microscope camera ----
n_patches = 1500
size = 12
rng = np.random.default_rng(11)
yy, xx = np.mgrid[0:size, 0:size]
patches = np.zeros((n_patches, size, size))
for k in range(n_patches):
    angle = rng.uniform(0, np.pi)
    freq = rng.uniform(0.5, 1.3)
    prisms = np.sin(freq * (xx * np.cos(angle) + yy * np.sin(angle)) + rng.uniform(0, 6.28))
    level = rng.uniform(1200, 2400)
    patches[k] = level + 500 * prisms + rng.normal(0, 60, (size, size))
patches = np.clip(patches, 0, 4095).astype("uint16")

x_train = np.expand_dims(patches, -1).astype("float32")
print(x_train.shape, x_train.dtype)

latent_dim = 16


class Sampling(layers.Layer):
    """Uses (z_mean, z_log_var) to sample z, the vector encoding a patch."""

    def call(self, inputs):
        z_mean, z_log_var = inputs
        epsilon = tf.random.normal(shape=tf.shape(z_mean))
        return z_mean + tf.exp(0.5 * z_log_var) * epsilon  # whynan: unscaled_input phase=forward also=exp_overflow


# ---- encoder ----
encoder_inputs = keras.Input(shape=(size, size, 1))
x = layers.Flatten()(encoder_inputs)
x = layers.Dense(64, activation="relu")(x)
z_mean = layers.Dense(latent_dim, name="z_mean")(x)
z_log_var = layers.Dense(latent_dim, name="z_log_var")(x)
z = Sampling()([z_mean, z_log_var])
encoder = keras.Model(encoder_inputs, [z_mean, z_log_var, z], name="encoder")

# ---- decoder ----
latent_inputs = keras.Input(shape=(latent_dim,))
x = layers.Dense(64, activation="relu")(latent_inputs)
x = layers.Dense(size * size)(x)
decoder_outputs = layers.Reshape((size, size, 1))(x)
decoder = keras.Model(latent_inputs, decoder_outputs, name="decoder")


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.total_loss_tracker = keras.metrics.Mean(name="total_loss")
        self.kl_loss_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.total_loss_tracker, self.kl_loss_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data, training=True)
            reconstruction = self.decoder(z, training=True)
            reconstruction_loss = tf.reduce_mean(
                tf.reduce_sum(tf.square(data - reconstruction), axis=(1, 2, 3))
            )
            kl_loss = -0.5 * (1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var))
            kl_loss = tf.reduce_mean(tf.reduce_sum(kl_loss, axis=1))
            total_loss = reconstruction_loss + kl_loss
        grads = tape.gradient(total_loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.trainable_weights))
        self.total_loss_tracker.update_state(total_loss)
        self.kl_loss_tracker.update_state(kl_loss)
        return {"loss": self.total_loss_tracker.result(), "kl_loss": self.kl_loss_tracker.result()}


vae = VAE(encoder, decoder)
vae.compile(optimizer=keras.optimizers.Adam())
vae.fit(x_train, epochs=4, batch_size=128, verbose=2)

z_mean, _, _ = encoder.predict(x_train[:3], verbose=0)
print(z_mean)
