"""Dry matter and pH of grass silage from the NIR spectrometer. I added a column "trend" to the progress line (smoothed
relative improvement of the loss per step). It prints nan in every epoch, the whole run, though the loss goes from
about 0.4 to almost nothing. Clipping gradients did not change that.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers


class Trend:
    """Smoothed relative improvement from one step to the next."""

    def __init__(self, memory=0.9):
        self.memory = memory
        self.previous = tf.Variable(np.inf, dtype=tf.float32, trainable=False)
        self.smoothed = tf.Variable(0.0, dtype=tf.float32, trainable=False)

    def update(self, loss):
        improvement = (self.previous - loss) / self.previous
        self.previous.assign(loss)
        self.smoothed.assign(self.memory * self.smoothed + (1.0 - self.memory) * improvement)
        return self.smoothed.read_value()


class SilageModel(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.mean_loss = keras.metrics.Mean(name="loss")
        self.trend = Trend()

    @property
    def metrics(self):
        return [self.mean_loss]

    def train_step(self, data):
        spectra, lab = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.huber(lab, self(spectra, training=True)))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))  # whynan: side_nonfinite
        self.mean_loss.update_state(loss)
        return {"loss": self.mean_loss.result(), "trend": self.trend.update(loss)}

    def test_step(self, data):
        spectra, lab = data
        loss = tf.reduce_mean(keras.losses.huber(lab, self(spectra, training=False)))
        self.mean_loss.update_state(loss)
        return {"loss": self.mean_loss.result()}


def spectra_and_lab(n, rng):
    wavelength = np.linspace(0.0, 1.0, 60)
    dry_matter = rng.normal(35.0, 6.0, size=n)
    ph = 4.2 + 0.02 * (dry_matter - 35.0) + rng.normal(0.0, 0.2, size=n)
    water_band = np.exp(-((wavelength - 0.62) ** 2) / 0.004)
    acid_band = np.exp(-((wavelength - 0.3) ** 2) / 0.01)
    spectra = 0.4 + 0.004 * np.outer(60.0 - dry_matter, water_band) + 0.1 * np.outer(ph - 4.2, acid_band)
    spectra += 0.01 * rng.normal(size=spectra.shape)
    return spectra.astype("float32"), np.stack([dry_matter, ph], axis=1)


def build(bands):
    inputs = keras.Input((bands, 1))
    x = layers.Conv1D(12, 7, strides=2, activation="relu")(inputs)
    x = layers.Conv1D(12, 5, strides=2, activation="relu")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(24, activation="relu")(x)
    return SilageModel(inputs, layers.Dense(2)(x))


def main():
    keras.utils.set_random_seed(64)
    rng = np.random.default_rng(64)
    spectra, lab = spectra_and_lab(960, rng)
    spectra = ((spectra - spectra.mean(axis=0)) / spectra.std(axis=0))[..., None]
    lab = ((lab - lab.mean(axis=0)) / lab.std(axis=0)).astype("float32")
    train = tf.data.Dataset.from_tensor_slices((spectra[:800], lab[:800])).shuffle(800, seed=6).batch(40)
    test = tf.data.Dataset.from_tensor_slices((spectra[800:], lab[800:])).batch(80)

    model = build(60)
    model.compile(optimizer=keras.optimizers.Adam(2e-3, global_clipnorm=1.0))
    model.fit(train, validation_data=test, epochs=10, verbose=2)


if __name__ == "__main__":
    main()
