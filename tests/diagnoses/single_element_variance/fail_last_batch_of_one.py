"""Decorrelated representation with an unbiased batch variance; 129 patients do not divide by 32."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
patients = rng.normal(size=(129, 7)).astype("float32")
age = (50 + 10 * patients[:, 0]).astype("float32") / 50


class SpreadRegression(keras.Model):
    def __init__(self):
        super().__init__()
        self.enc = keras.layers.Dense(12, activation="tanh")
        self.out = keras.layers.Dense(1)

    def call(self, x):
        return self.out(self.enc(x))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            z = self.enc(x)
            n = tf.cast(tf.shape(z)[0], tf.float32)
            centred = z - tf.reduce_mean(z, axis=0)
            var = tf.reduce_sum(centred ** 2, axis=0) / (n - 1.0)  # whynan: single_element_variance phase=loss also=divide_by_zero
            mse = tf.reduce_mean((y - self.out(z)[:, 0]) ** 2)
            loss = mse + 0.1 * tf.reduce_mean((1.0 - var) ** 2)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": loss, "mse": mse}


m = SpreadRegression()
m.compile(optimizer="adam")
m.fit(patients, age, batch_size=32, epochs=2, verbose=2)
