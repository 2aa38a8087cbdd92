"""Protein of barley from near-infrared spectra, fine-tuned from a network for wheat.

Pretraining on wheat is smooth. Fine-tuning with discriminative rates (2.6 between neighbouring layers, like ULMFiT) gives
nan within the first epoch although the gradient is clipped and the rate of 4e-3 is small. Everything is standardised. The
logged gradient norm is enormous just before.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

BANDS = 60


def grain(n, seed, protein_level, hull):
    rng = np.random.default_rng(seed)
    grid = np.linspace(0.0, 1.0, BANDS)
    protein = rng.normal(protein_level, 1.3, (n, 1))
    moisture = rng.normal(12.5, 1.0, (n, 1))
    path = rng.normal(1.0, 0.08, (n, 1))
    spectra = 0.12 * protein * np.exp(-((grid - 0.7) / 0.15) ** 2)
    spectra = spectra + 0.2 * moisture * np.exp(-((grid - 0.4) / 0.1) ** 2) + hull * np.sin(3.0 * grid)
    spectra = path * (spectra + 2.0) + rng.normal(0.0, 0.02, (n, BANDS))
    return spectra, protein


class LayerwiseModel(keras.Model):
    """Functional model whose lower and upper layers learn at different speed."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.loss_mean = keras.metrics.Mean(name="loss")
        self.norm_mean = keras.metrics.Mean(name="gradient_norm")

    def discriminate(self, decay):
        trained = [layer for layer in self.layers if layer.trainable_variables]
        top = len(trained) - 1
        self.factors = [
            decay ** (top - position)
            for position, layer in enumerate(trained)
            for _ in layer.trainable_variables
        ]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))  # whynan: learning_rate_too_high phase=forward|loss|gradient|update also=exploding_gradient,clip_not_applied
        gradients = tape.gradient(loss, self.trainable_variables)
        clipped, norm = tf.clip_by_global_norm(gradients, 1.0)
        speeds = [factor * g for factor, g in zip(self.factors, gradients)]
        self.optimizer.apply_gradients(zip(speeds, self.trainable_variables))
        self.loss_mean.update_state(loss)
        self.norm_mean.update_state(norm)
        return {"loss": self.loss_mean.result(), "gradient_norm": self.norm_mean.result()}


def backbone():
    spectrum = keras.Input((BANDS,))
    h = spectrum
    for _ in range(7):
        h = layers.Dense(64, kernel_initializer="he_normal")(h)
        h = layers.LeakyReLU(negative_slope=0.2)(h)
    return keras.Model(spectrum, layers.Dense(1)(h))


def main():
    keras.utils.set_random_seed(40)
    wheat, wheat_protein = grain(960, seed=1, protein_level=13.0, hull=0.0)
    barley, barley_protein = grain(320, seed=2, protein_level=11.2, hull=0.1)

    mean, std = wheat.mean(axis=0), wheat.std(axis=0)
    level, spread = wheat_protein.mean(), wheat_protein.std()
    x_wheat = ((wheat - mean) / std).astype("float32")
    y_wheat = ((wheat_protein - level) / spread).astype("float32")
    x_barley = ((barley - barley.mean(axis=0)) / barley.std(axis=0)).astype("float32")
    y_barley = ((barley_protein - level) / spread).astype("float32")

    base = backbone()
    base.compile(optimizer=keras.optimizers.SGD(5e-4, momentum=0.9), loss="mse")
    base.fit(x_wheat, y_wheat, batch_size=32, epochs=4, verbose=2)

    tuned = LayerwiseModel(base.input, base.output)
    tuned.discriminate(decay=2.6)
    tuned.compile(optimizer=keras.optimizers.SGD(4e-3, momentum=0.9), loss="mse")
    tuned.fit(x_barley, y_barley, batch_size=32, epochs=4, verbose=2)


if __name__ == "__main__":
    main()
