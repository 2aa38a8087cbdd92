"""Denoising autoencoder for near-infrared spectra of olive oil, cyclical learning rate.

The class with the triangular rate is the one I use in every project. Here the first epoch has a sensible loss, from the
second on it is nan. The spectra are few, but clean: no zeros, no gaps, scaled to unit variance.
"""
import numpy as np
import keras
from keras import layers, ops
from keras.optimizers import schedules

keras.utils.set_random_seed(19)


class Config:
    wavelengths = 200
    spectra = 96
    batch = 128
    bottleneck = 6
    low, high = 1e-3, 2e-2
    epochs = 40
    noise = 0.05


class TriangularRate(schedules.LearningRateSchedule):
    """Up and down between two rates; half a cycle is given in optimizer steps."""

    def __init__(self, low, high, half_cycle):
        self.low = low
        self.high = high
        self.half_cycle = half_cycle

    def __call__(self, step):
        position = ops.cast(step, "float32") / self.half_cycle  # whynan: lr_schedule_invalid phase=update also=divide_by_zero
        cycle = ops.floor(1.0 + position / 2.0)
        distance = ops.abs(position - 2.0 * cycle + 1.0)
        return self.low + (self.high - self.low) * (1.0 - distance)

    def get_config(self):
        return {"low": self.low, "high": self.high, "half_cycle": self.half_cycle}


def oil_spectra(cfg, seed=3):
    rng = np.random.default_rng(seed)
    grid = np.linspace(0, 1, cfg.wavelengths)
    bands = np.stack([np.exp(-0.5 * ((grid - c) / w) ** 2) for c, w in [(0.15, 0.04), (0.4, 0.08), (0.62, 0.05), (0.85, 0.1)]])
    amounts = rng.gamma(4.0, 0.25, size=(cfg.spectra, 4))
    scatter = rng.normal(0, 0.05, size=(cfg.spectra, 1)) + rng.normal(0, 0.1, size=(cfg.spectra, 1)) * grid
    spectra = amounts @ bands + scatter + rng.normal(0, 0.004, size=(cfg.spectra, cfg.wavelengths))
    return ((spectra - spectra.mean(0)) / spectra.std(0)).astype("float32")


def autoencoder(cfg):
    encoder = keras.Sequential(
        [
            layers.GaussianNoise(cfg.noise),
            layers.Dense(64, activation="tanh"),
            layers.Dense(cfg.bottleneck),
        ],
        name="encoder",
    )
    decoder = keras.Sequential([layers.Dense(64, activation="tanh"), layers.Dense(cfg.wavelengths)], name="decoder")
    inp = keras.Input((cfg.wavelengths,))
    return keras.Model(inp, decoder(encoder(inp)))


def main(cfg=Config):
    spectra = oil_spectra(cfg)
    assert np.isfinite(spectra).all()

    iterations = len(spectra) // cfg.batch
    # rule of thumb from the article: half a cycle = two to eight epochs
    rate = TriangularRate(cfg.low, cfg.high, half_cycle=4 * iterations)

    model = autoencoder(cfg)
    model.compile(optimizer=keras.optimizers.SGD(rate, momentum=0.9), loss="mse")
    history = model.fit(spectra, spectra, batch_size=cfg.batch, epochs=cfg.epochs, verbose=0)
    print("first losses", history.history["loss"][:4])
    print("last loss", history.history["loss"][-1])


if __name__ == "__main__":
    main()
