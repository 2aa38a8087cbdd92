"""Diffusion model for the hourly wind vector (u, v) at a coastal mast, EDM preconditioning.

Noise levels are the same list that the sampler walks down. Training loss is about 1 for a few batches and then nan.
Sigma data is set, inputs are standardised, I also tried a ten times smaller rate.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(1013)

SIGMA_DATA = 1.0


def noise_levels(n=96, sigma_min=0.02, sigma_max=20.0, rho=7.0):
    ramp = np.linspace(0, 1, n)
    levels = (sigma_max ** (1 / rho) + ramp * (sigma_min ** (1 / rho) - sigma_max ** (1 / rho))) ** rho
    return np.append(levels, 0.0).astype("float32")


class WindDiffusion(keras.Model):
    def __init__(self, levels, width=64, **kwargs):
        super().__init__(**kwargs)
        self.levels = tf.constant(levels)
        self.net = keras.Sequential([
            keras.Input((3,)),
            layers.Dense(width, activation="silu"),
            layers.Dense(width, activation="silu"),
            layers.Dense(2),
        ])
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def denoise(self, noisy, sigma):
        total = tf.square(sigma) + SIGMA_DATA ** 2
        c_skip = SIGMA_DATA ** 2 / total
        c_out = sigma * SIGMA_DATA * tf.math.rsqrt(total)
        c_in = tf.math.rsqrt(total)
        c_noise = tf.math.log(sigma) / 4.0  # whynan: log_of_zero phase=forward also=divide_by_zero
        raw = self.net(tf.concat([c_in * noisy, c_noise], axis=-1))
        return c_skip * noisy + c_out * raw

    def train_step(self, data):
        clean, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        n = tf.shape(clean)[0]
        index = tf.random.uniform([n], 0, tf.shape(self.levels)[0], dtype=tf.int32)
        sigma = tf.gather(self.levels, index)[:, None]
        noisy = clean + sigma * tf.random.normal(tf.shape(clean))
        with tf.GradientTape() as tape:
            error = tf.reduce_sum(tf.square(self.denoise(noisy, sigma) - clean), axis=-1, keepdims=True)
            weight = (tf.square(sigma) + SIGMA_DATA ** 2) / tf.square(sigma * SIGMA_DATA)
            loss = tf.reduce_mean(weight * error)
        variables = self.net.trainable_variables
        gradients = tape.gradient(loss, variables)
        self.optimizer.apply_gradients(zip(gradients, variables))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}

    def sample(self, n):
        x = tf.random.normal((n, 2)) * self.levels[0]
        for now, after in zip(self.levels[:-1], self.levels[1:]):
            slope = (x - self.denoise(x, tf.fill((n, 1), now))) / now
            x = x + (after - now) * slope
        return x


def mast_record(n=2000, seed=1013):
    rng = np.random.default_rng(seed)
    sea_breeze = rng.random(n) < 0.45
    direction = np.where(sea_breeze, rng.normal(1.2, 0.3, n), rng.normal(-2.0, 0.5, n))
    speed = rng.weibull(2.0, n) * np.where(sea_breeze, 5.0, 8.0)
    uv = np.stack([speed * np.cos(direction), speed * np.sin(direction)], axis=1)
    return ((uv - uv.mean(axis=0)) / uv.std(axis=0)).astype("float32")


if __name__ == "__main__":
    wind = mast_record()
    diffusion = WindDiffusion(noise_levels())
    diffusion.compile(optimizer=keras.optimizers.Adam(1e-3))
    diffusion.fit(wind, batch_size=32, epochs=5, verbose=2)
    print("spread of samples", np.asarray(diffusion.sample(256)).std(axis=0))
