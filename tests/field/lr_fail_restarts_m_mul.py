"""Sensor autoencoder with cosine warm restarts. Good for ~100 iterations, explodes after one of the restarts.
I read m_mul as 'each period is 4x longer'."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(42)
N_SENSORS = 16


def simulate(n):
    rng = np.random.default_rng(9)
    latent = rng.normal(size=(n, 3))
    mix = rng.normal(size=(3, N_SENSORS))
    x = latent @ mix + 0.05 * rng.normal(size=(n, N_SENSORS))
    return ((x - x.mean(0)) / x.std(0)).astype("float32")


class AutoEncoder(keras.Model):
    def __init__(self, code=8):
        super().__init__()
        self.enc = keras.layers.Dense(32, activation="tanh")
        self.code = keras.layers.Dense(code, activation="tanh")
        self.dec = keras.layers.Dense(32, activation="tanh")
        self.out = keras.layers.Dense(N_SENSORS)

    def call(self, x):
        return self.out(self.dec(self.code(self.enc(x))))


data = simulate(640)
ds = tf.data.Dataset.from_tensor_slices((data, data)).shuffle(640, seed=1).batch(64)

schedule = keras.optimizers.schedules.CosineDecayRestarts(
    initial_learning_rate=0.05,
    first_decay_steps=30,
    t_mul=1.0,
    m_mul=4.0,
    alpha=0.01,
)
model = AutoEncoder()
model.compile(optimizer=keras.optimizers.SGD(schedule, momentum=0.9), loss="mse")
hist = model.fit(ds, epochs=45, verbose=2)  # whynan: learning_rate_too_high phase=loss also=lr_schedule_invalid,exploding_gradient
print("final", hist.history["loss"][-1])
