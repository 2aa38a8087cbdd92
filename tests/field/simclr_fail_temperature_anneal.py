# SimCLR on small synthetic textures, after the keras.io contrastive example. NT-Xent is written out by hand because
# I wanted to see the positives and negatives separately. The temperature is lowered every epoch ("harder negatives").
import math

import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(77)

SIZE, BATCH = 16, 32
T_START, T_END, EPOCHS = 0.5, 0.005, 8


def texture_images(n):
    rng = np.random.default_rng(77)
    yy, xx = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    angle, freq = rng.uniform(0, np.pi, n), rng.uniform(2, 7, n)
    wave = np.sin(
        2 * np.pi * freq[:, None, None] * (np.cos(angle)[:, None, None] * xx + np.sin(angle)[:, None, None] * yy)
    )
    return (0.5 + 0.5 * wave + rng.normal(0, 0.05, wave.shape)).astype("float32")[..., None]


def encoder(width=24):
    return keras.Sequential(
        [
            keras.Input((SIZE, SIZE, 1)),
            layers.Conv2D(width, 3, strides=2, activation="relu"),
            layers.Conv2D(width, 3, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dense(width, activation="relu"),
        ],
        name="encoder",
    )


def augmenter():
    return keras.Sequential(
        [layers.RandomFlip("horizontal"), layers.RandomTranslation(0.1, 0.1), layers.GaussianNoise(0.05)]
    )


def nt_xent(first, second, temperature):
    z = ops.concatenate([first, second], axis=0)
    z = z / ops.sqrt(ops.sum(ops.square(z), axis=1, keepdims=True) + 1e-8)
    n = ops.shape(first)[0]
    similarity = ops.matmul(z, ops.transpose(z))
    energy = ops.exp(similarity / temperature)  # whynan: exp_overflow phase=loss
    others = energy * (1.0 - ops.eye(2 * n))  # an image is not its own negative
    positives = ops.sum(z[:n] * z[n:], axis=1)
    positives = ops.concatenate([positives, positives], axis=0)
    return ops.mean(ops.log(ops.sum(others, axis=1)) - positives / temperature)


class SimCLR(keras.Model):
    def __init__(self):
        super().__init__()
        self.augment = augmenter()
        self.encoder = encoder()
        self.projector = keras.Sequential([keras.Input((24,)), layers.Dense(24, activation="relu"), layers.Dense(16)])
        self.temperature = self.add_weight(shape=(), initializer="ones", trainable=False, name="temperature")

    def call(self, images, training=False):
        return self.projector(self.encoder(self.augment(images, training=training)))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return nt_xent(y_pred, self(x, training=True), self.temperature)


class TemperatureSchedule(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        progress = epoch / (EPOCHS - 1)
        value = T_END + 0.5 * (T_START - T_END) * (1 + math.cos(math.pi * progress))
        self.model.temperature.assign(value)


images = texture_images(480)
model = SimCLR()
model.compile(optimizer=keras.optimizers.Adam(1e-3))
model.fit(images, epochs=EPOCHS, batch_size=BATCH, verbose=2, callbacks=[TemperatureSchedule()])
