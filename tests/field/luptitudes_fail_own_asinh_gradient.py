"""Photometric fluxes of variable stars from spectral indices.

The loss lives in "luptitudes" (asinh magnitudes) because faint fluxes may be negative.
tf.math.asinh was slow on our old TPU image, therefore the function has its own backward pass
(so that the forward value can be reused).
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(11)

SOFTENING = 0.5
POGSON = 1.0  # natural units, 2.5/ln(10) is applied at the very end only


def simulate_catalogue(n=4096, n_indices=8, seed=3):
    rng = np.random.default_rng(seed)
    indices = rng.normal(size=(n, n_indices)).astype("float32")
    log_flux = 1.5 + 1.2 * indices[:, 0] + 0.5 * indices[:, 1]
    flux = np.exp(log_flux) + rng.normal(0.0, 0.05, n)
    return indices, flux.astype("float32")[:, None]


@tf.custom_gradient
def luptitude(flux):
    """asinh(flux / b), with the derivative written down by hand."""
    value = POGSON * tf.math.asinh(flux / SOFTENING)

    def backward(upstream):
        # d asinh(f/b) / df
        hypotenuse = tf.sqrt(tf.square(flux) + SOFTENING**2)  # whynan: wrong_custom_gradient phase=gradient|forward|loss|update
        return upstream * POGSON * hypotenuse

    return value, backward


class AsinhMagnitudeLoss(keras.losses.Loss):
    def __init__(self, clip_outliers=None, **kwargs):
        super().__init__(**kwargs)
        self.clip_outliers = clip_outliers

    def call(self, y_true, y_pred):
        residual = luptitude(y_pred) - luptitude(y_true)
        if self.clip_outliers is not None:
            residual = tf.clip_by_value(residual, -self.clip_outliers, self.clip_outliers)
        return tf.reduce_mean(tf.square(residual), axis=-1)


def build_photometer(n_indices):
    spectrum = keras.Input((n_indices,), name="indices")
    h = keras.layers.Dense(48, activation="tanh")(spectrum)
    h = keras.layers.Dense(48, activation="tanh")(h)
    flux = keras.layers.Dense(1, name="flux")(h)  # no softplus, sky-subtracted flux may be < 0
    return keras.Model(spectrum, flux, name="photometer")


def main():
    indices, flux = simulate_catalogue()
    model = build_photometer(indices.shape[1])
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss=AsinhMagnitudeLoss())
    history = model.fit(indices, flux, batch_size=64, epochs=4, verbose=2)
    print("loss per epoch:", history.history["loss"])


if __name__ == "__main__":
    main()
