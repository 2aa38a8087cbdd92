import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)

# hourly records of one mountain station, two months and a bit, in order of time
HOURS = 1536
rng = np.random.default_rng(31)
t = np.arange(HOURS)
temp = 11 + 6 * np.sin(2 * np.pi * t / 24) + rng.normal(0, 1.5, HOURS)
humid = np.clip(70 - 2 * (temp - 11) + rng.normal(0, 8, HOURS), 15, 100)
rain = rng.exponential(2.5, HOURS) * (rng.random(HOURS) < 0.35)
rain[900:1105] = 0.0          # high pressure in late May
wind = rng.gamma(2.5, 1.4, HOURS)
press = 845 + np.cumsum(rng.normal(0, 0.3, HOURS)) * 0.3 + rng.normal(0, 1.0, HOURS)

runoff = np.zeros(HOURS)
for k in range(1, HOURS):
    runoff[k] = 0.93 * runoff[k - 1] + 0.04 * rain[k - 1] * (1 + humid[k] / 200)
runoff += rng.normal(0, 0.01, HOURS)

station = np.stack([temp, humid, rain, wind, press], axis=1).astype("float32")
hour = np.stack([np.sin(2 * np.pi * t / 24), np.cos(2 * np.pi * t / 24)], axis=1).astype("float32")
target = runoff[:, None].astype("float32")
TYPICAL = np.array([20.0, 100.0, 10.0, 10.0, 1000.0], dtype="float32")


class Whiten(keras.layers.Layer):
    """Decorrelates the channels with the covariance of the current batch."""

    def call(self, x):
        n = tf.cast(tf.shape(x)[0], x.dtype)
        centred = x - tf.reduce_mean(x, axis=0, keepdims=True)
        cov = tf.matmul(centred, centred, transpose_a=True) / (n - 1.0)
        chol = tf.linalg.cholesky(cov)  # whynan: not_positive_definite phase=forward also=zero_variance_normalisation
        return tf.transpose(tf.linalg.triangular_solve(chol, tf.transpose(centred)))


class RunoffNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.whiten = Whiten()
        self.mix = keras.layers.Dense(24, activation="tanh")
        self.hidden = keras.layers.Dense(16, activation="tanh")
        self.out = keras.layers.Dense(1)

    def call(self, inputs):
        weather, clock = inputs
        z = tf.concat([self.whiten(weather), weather / TYPICAL, clock], axis=1)
        return self.out(self.hidden(self.mix(z)))


net = RunoffNet()
opt = keras.optimizers.Adam(2e-3)
huber = keras.losses.Huber(delta=0.5)
batches = tf.data.Dataset.from_tensor_slices((station, hour, target)).batch(48)

for epoch in range(2):
    total, count = 0.0, 0
    for weather, clock, q in batches:
        with tf.GradientTape() as tape:
            q_hat = net([weather, clock])
            loss = huber(q, q_hat)
        grads = tape.gradient(loss, net.trainable_variables)
        opt.apply_gradients(zip(grads, net.trainable_variables))
        total += float(loss)
        count += 1
        if count % 8 == 0:
            print(f"epoch {epoch} batch {count:3d} loss {total / count:.4f}")
