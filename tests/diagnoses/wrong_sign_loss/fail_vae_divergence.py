import keras
import numpy as np
import tensorflow as tf

tf.keras.utils.set_random_seed(45)


class VAE(keras.Model):
    def __init__(self, dim=20, latent=3):
        super().__init__()
        self.encoder = keras.Sequential([keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(2 * latent)])
        self.decoder = keras.Sequential([keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(dim)])
        self.loss_tracker = keras.metrics.Mean(name="loss")

    def call(self, x):
        mean, log_var = tf.split(self.encoder(x), 2, axis=-1)
        return self.decoder(mean)

    def train_step(self, data):
        x = data
        with tf.GradientTape() as tape:
            mean, log_var = tf.split(self.encoder(x), 2, axis=-1)
            eps = tf.random.stateless_normal(tf.shape(mean), seed=[4, 5])
            variance = tf.exp(log_var)  # whynan: wrong_sign_loss phase=forward|loss also=exp_overflow
            recon = self.decoder(mean + tf.sqrt(variance) * eps)
            mse = tf.reduce_mean(tf.reduce_sum(tf.square(x - recon), -1))
            kl = 0.5 * tf.reduce_mean(tf.reduce_sum(1.0 + log_var - tf.square(mean) - variance, -1))
            loss = mse + kl
        grads = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}


data = np.random.default_rng(45).normal(size=(256, 20)).astype("float32")
vae = VAE()
vae.compile(optimizer=keras.optimizers.SGD(0.1))
vae.fit(data, epochs=5, batch_size=32, verbose=2)
