"""Forecast the next ten samples of a finger pulse wave with the shape loss of a paper (soft DTW + squared error).

With gamma = 1 it trains but the forecasts are smeared. With the gamma of the paper, 0.01, I get nan in the first
epoch. Clipping the norm of the gradient changes nothing. The wave is scaled to 0..1.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(29)

HISTORY, HORIZON = 40, 10
SETTINGS = {"alpha": 0.8, "gamma": 0.01, "batch": 32, "epochs": 3, "learning_rate": 1e-3, "clipnorm": 1.0}


def pulse_wave(seconds=60, rate=25, seed=8):
    rng = np.random.default_rng(seed)
    phase, wave = 0.0, []
    for n in range(seconds * rate):
        beats = 1.15 + 0.1 * np.sin(2.0 * np.pi * 0.2 * n / rate)
        phase = (phase + beats / rate) % 1.0
        systole = np.exp(-0.5 * ((phase - 0.25) / 0.08) ** 2)
        dicrotic = 0.45 * np.exp(-0.5 * ((phase - 0.58) / 0.09) ** 2)
        wave.append(systole + dicrotic + rng.normal(0.0, 0.015))
    wave = np.asarray(wave)
    return ((wave - wave.min()) / (wave.max() - wave.min())).astype("float32")


class ShapeLoss(keras.losses.Loss):
    def __init__(self, alpha, gamma, name="shape_loss"):
        super().__init__(name=name)
        self.alpha, self.gamma = alpha, gamma

    def soft_min(self, diagonal, above, left):
        routes = tf.stack([diagonal, above, left], axis=-1)
        total = tf.reduce_sum(tf.exp(-routes / self.gamma), axis=-1)
        return -self.gamma * tf.math.log(total)  # whynan: exp_underflow phase=loss|gradient also=log_of_zero

    def soft_dtw(self, cost, length):
        closed = tf.zeros_like(cost[:, 0, 0]) + 1e8
        table = {(0, 0): tf.zeros_like(cost[:, 0, 0])}
        for k in range(1, length + 1):
            table[0, k] = table[k, 0] = closed
        for i in range(1, length + 1):
            for j in range(1, length + 1):
                best = self.soft_min(table[i - 1, j - 1], table[i - 1, j], table[i, j - 1])
                table[i, j] = cost[:, i - 1, j - 1] + best
        return table[length, length]

    def call(self, y_true, y_pred):
        cost = tf.square(tf.expand_dims(y_true, 2) - tf.expand_dims(y_pred, 1))
        shape = self.soft_dtw(cost, HORIZON)
        pointwise = tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)
        return self.alpha * shape / HORIZON + (1.0 - self.alpha) * pointwise


class Forecaster(keras.Model):
    def __init__(self, units=32):
        super().__init__()
        self.local = layers.Conv1D(16, 5, activation="tanh", padding="causal")
        self.memory = layers.GRU(units)
        self.ahead = layers.Dense(HORIZON)
        self.mean_loss = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.mean_loss]

    def call(self, history):
        return self.ahead(self.memory(self.local(history)))

    def train_step(self, data):
        history, coming = data
        with tf.GradientTape() as tape:
            loss = self.criterion(coming, self(history, training=True))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.mean_loss.update_state(loss)
        return {"loss": self.mean_loss.result()}


def windows(wave, batch):
    starts = np.arange(0, len(wave) - HISTORY - HORIZON, 3)
    history = np.stack([wave[s:s + HISTORY] for s in starts])[..., None]
    coming = np.stack([wave[s + HISTORY:s + HISTORY + HORIZON] for s in starts])
    data = tf.data.Dataset.from_tensor_slices((history, coming))
    return data.shuffle(len(starts), seed=1).batch(batch, drop_remainder=True).prefetch(1)


model = Forecaster()
model.criterion = ShapeLoss(SETTINGS["alpha"], SETTINGS["gamma"])
model.compile(optimizer=keras.optimizers.Adam(SETTINGS["learning_rate"], clipnorm=SETTINGS["clipnorm"]))
model.fit(windows(pulse_wave(), SETTINGS["batch"]), epochs=SETTINGS["epochs"], verbose=2)
