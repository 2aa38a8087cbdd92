"""Active substance in tablets from transmission spectra.

Neighbouring wavelengths are almost copies of each other, so I decorrelate them before
the network.  On last year's campaign (several thousand tablets) this helped a lot.
For the new product there are only about a hundred tablets with a reference value and
now the very first loss is nan, with every learning rate I tried.
"""
import warnings

import numpy as np
import keras
from sklearn.model_selection import train_test_split

warnings.filterwarnings("ignore")
keras.utils.set_random_seed(61)


class SpectralWhitener:
    """Zero-phase whitening, fit on the calibration spectra."""

    def __init__(self, eps=1e-8):
        self.eps = eps  # against division by zero

    def fit(self, spectra):
        self.center_ = spectra.mean(axis=0)
        covariance = np.cov(spectra - self.center_, rowvar=False)
        variances, axes = np.linalg.eigh(covariance)
        gain = 1.0 / (np.sqrt(variances) + self.eps)  # whynan: sqrt_of_negative phase=data also=nan_in_input,catastrophic_cancellation
        self.matrix_ = (axes * gain) @ axes.T
        return self

    def transform(self, spectra):
        return (spectra - self.center_) @ self.matrix_


def band(grid, centre, width):
    return np.exp(-0.5 * ((grid - centre) / width) ** 2)


def measure_tablets(n, seed):
    rng = np.random.default_rng(seed)
    nm = np.linspace(600, 1900, 260)
    substance = 0.8 * band(nm, 1140, 30) + 0.6 * band(nm, 1420, 45) + 0.3 * band(nm, 1690, 28)
    lactose = 0.5 * band(nm, 980, 60) + 0.9 * band(nm, 1540, 80)
    water = 0.7 * band(nm, 1450, 70)
    milligram = rng.uniform(150, 240, n)
    spectra = (
        np.outer(milligram / 200.0, substance)
        + np.outer(1.0 - milligram / 400.0, lactose)
        + np.outer(rng.uniform(0.1, 0.4, n), water)
        + rng.normal(0, 0.08, (n, 1))
        + np.outer(rng.normal(0, 0.05, n), (nm - 1250) / 650)
        + rng.normal(0, 0.004, (n, nm.size))
    )
    return spectra, milligram


def prepare(spectra, milligram):
    s_cal, s_val, y_cal, y_val = train_test_split(
        spectra, milligram, test_size=0.2, random_state=7)
    whitener = SpectralWhitener().fit(s_cal)
    mean, spread = y_cal.mean(), y_cal.std()
    return (
        whitener.transform(s_cal).astype("float32"),
        ((y_cal - mean) / spread).astype("float32"),
        whitener.transform(s_val).astype("float32"),
        ((y_val - mean) / spread).astype("float32"),
    )


spectra, milligram = measure_tablets(n=110, seed=20)
x_cal, y_cal, x_val, y_val = prepare(spectra, milligram)
print("calibration", x_cal.shape, "validation", x_val.shape)

model = keras.Sequential([
    keras.Input((x_cal.shape[1],)),
    keras.layers.GaussianNoise(0.05),
    keras.layers.Dense(32, activation="elu", kernel_regularizer=keras.regularizers.L2(1e-3)),
    keras.layers.Dense(16, activation="elu"),
    keras.layers.Dense(1),
])
model.compile(
    optimizer=keras.optimizers.Nadam(1e-3, clipvalue=0.5),
    loss=keras.losses.Huber(),
    metrics=["mae"],
)

for rate in (1e-3, 1e-5):
    model.optimizer.learning_rate = rate
    log = model.fit(x_cal, y_cal[:, None], batch_size=11, epochs=3,
                    validation_data=(x_val, y_val[:, None]), verbose=0)
    print("rate", rate, "loss", log.history["loss"])
