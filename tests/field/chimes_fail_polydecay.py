# Small DDPM on decay envelopes of wind chimes (32 samples per envelope)
import math

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(404)

T = 50
DIM = 32
BATCH = 64
EPOCHS = 15


def envelopes(n, seed):
    r = np.random.default_rng(seed)
    t = np.linspace(0, 1, DIM)
    tau = r.uniform(0.1, 0.6, (n, 1))
    f = r.uniform(1, 4, (n, 1))
    depth = r.uniform(0, 0.4, (n, 1))
    env = np.exp(-t / tau) * (1 + depth * np.cos(2 * math.pi * f * t))
    env = env + r.normal(0, 0.01, env.shape)
    return ((env - 0.4) / 0.35).astype("float32")


class PolyDecay(keras.optimizers.schedules.LearningRateSchedule):
    """lr = base * (1 - step / total) ** power, as in the DeepLab papers."""

    def __init__(self, base, total, power=0.9):
        self.base = base
        self.total = total
        self.power = power

    def __call__(self, step):
        frac = tf.cast(step, tf.float32) / float(self.total)
        return self.base * tf.pow(1.0 - frac, self.power)  # whynan: lr_schedule_invalid phase=update also=pow_domain

    def get_config(self):
        return {"base": self.base, "total": self.total, "power": self.power}


class Denoiser(keras.Model):
    def __init__(self):
        super().__init__()
        self.net = keras.Sequential([
            keras.Input((DIM + 2,)),
            keras.layers.Dense(96, activation="silu"),
            keras.layers.Dense(96, activation="silu"),
            keras.layers.Dense(DIM),
        ])
        betas = np.linspace(1e-3, 0.15, T)
        self.abar = tf.constant(np.cumprod(1.0 - betas), tf.float32)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def call(self, inputs):
        return self.net(inputs)

    def features(self, xt, t):
        phase = tf.cast(t, tf.float32)[:, None] / T
        return tf.concat([xt, tf.sin(math.pi * phase), tf.cos(math.pi * phase)], axis=1)

    def train_step(self, x0):
        n = tf.shape(x0)[0]
        t = tf.random.uniform((n,), 0, T, dtype=tf.int32)
        a = tf.gather(self.abar, t)[:, None]
        eps = tf.random.normal(tf.shape(x0))
        xt = tf.sqrt(a) * x0 + tf.sqrt(1.0 - a) * eps
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.net(self.features(xt, t), training=True) - eps))
        grads = tape.gradient(loss, self.net.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.net.trainable_weights))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}


x_train = envelopes(1350, seed=1)
total_steps = EPOCHS * (len(x_train) // BATCH)

model = Denoiser()
model.compile(optimizer=keras.optimizers.Adam(PolyDecay(2e-3, total_steps)))
history = model.fit(x_train, batch_size=BATCH, epochs=EPOCHS, verbose=2)

x_new = envelopes(200, seed=2)
t_new = np.full(200, 10)
noise = np.random.default_rng(3).normal(size=x_new.shape).astype("float32")
a10 = float(model.abar[10])
x_noisy = (np.sqrt(a10) * x_new + np.sqrt(1 - a10) * noise).astype("float32")
guess = model.net(model.features(x_noisy, tf.constant(t_new)))
print("noise error at t=10:", float(np.mean((guess.numpy() - noise) ** 2)))
