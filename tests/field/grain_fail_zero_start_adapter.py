"""Moisture of grain from near-infrared spectra: the encoder of the old laboratory instrument is kept frozen and an adapter
is trained on a few samples from the new instrument.

A term keeps the adapted features near those of the old encoder so that the old calibration stays valid.
The first fit is fine, in the second fit the loss is NaN after one batch.  With drift_weight=0 it trains.
"""
import os
import tempfile

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(8)
BANDS, FEATURES = 80, 32


def spectra(n, rng, gain=1.0, tilt=0.0):
    wave = np.linspace(900, 1700, BANDS)
    moisture = rng.uniform(9, 19, n)
    protein = rng.normal(11.5, 1.2, n)
    water = np.exp(-((wave - 1450) / 60) ** 2)
    amide = np.exp(-((wave - 1510) / 35) ** 2)
    starch = np.exp(-((wave - 1200) / 80) ** 2)
    light = 0.04 * moisture[:, None] * water + 0.03 * protein[:, None] * amide + 0.5 * starch
    light = gain * light + tilt * (wave - 1300) / 400 + rng.normal(0, 0.01, (n, BANDS))
    return light.astype("float32"), ((moisture - 14) / 3).astype("float32")[:, None]


def spectrum_encoder():
    return keras.Sequential([
        keras.Input((BANDS,)),
        keras.layers.Dense(64, activation="silu"),
        keras.layers.Dense(FEATURES, activation="tanh"),
    ], name="encoder")


class AdaptedInstrument(keras.Model):
    """Frozen encoder of the old instrument + residual bottleneck adapter that starts as the identity."""

    def __init__(self, encoder, drift_weight=0.1, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.encoder.trainable = False
        self.drift_weight = drift_weight
        self.down = keras.layers.Dense(8, activation="gelu")
        self.up = keras.layers.Dense(FEATURES, kernel_initializer="zeros")
        self.head = keras.layers.Dense(1)

    def call(self, light):
        teacher = self.encoder(light)
        student = teacher + self.up(self.down(teacher))
        return {"moisture": self.head(student), "student": student, "teacher": teacher}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        error = tf.reduce_mean(tf.square(y - y_pred["moisture"]))
        drift = tf.norm(y_pred["student"] - y_pred["teacher"], axis=-1)  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero
        return error + self.drift_weight * tf.reduce_mean(drift)


def calibrate_old_instrument(path, rng):
    light, moisture = spectra(800, rng)
    encoder = spectrum_encoder()
    model = keras.Sequential([encoder, keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
    model.fit(light, moisture, batch_size=64, epochs=6, verbose=2)
    encoder.save_weights(path)


def main():
    rng = np.random.default_rng(8)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "old_instrument.weights.h5")
        calibrate_old_instrument(path, rng)
        encoder = spectrum_encoder()
        encoder.load_weights(path)

    light, moisture = spectra(160, rng, gain=1.1, tilt=0.05)
    model = AdaptedInstrument(encoder)
    model.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0))
    model.fit(light, moisture, batch_size=32, epochs=5, verbose=2)


if __name__ == "__main__":
    main()
