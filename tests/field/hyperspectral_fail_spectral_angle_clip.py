"""Denoise hyperspectral pixels. MSE tutorial (keras denoising autoencoder) changed to the
spectral angle mapper (SAM), because illumination shouldn't matter."""
import numpy as np
import keras
from keras import layers, ops

BANDS = 48
CONFIG = dict(batch_size=256, epochs=4, lr=1e-3, sam_weight=1.0, mse_weight=0.1, clean_share=0.3)


def endmembers(rng, k=5):
    grid = np.linspace(0, 1, BANDS)
    centres, widths = rng.uniform(0, 1, k), rng.uniform(0.1, 0.4, k)
    return 0.1 + np.exp(-0.5 * ((grid[None] - centres[:, None]) / widths[:, None]) ** 2)


def make_pixels(n, seed, clean_share):
    rng = np.random.default_rng(seed)
    abundance = rng.dirichlet(np.ones(5), n)
    clean = abundance @ endmembers(np.random.default_rng(99))
    noise = rng.normal(0, 0.03, clean.shape)
    # keep some pixels clean so that the net also learns to leave good spectra alone
    noise[rng.random(n) < clean_share] = 0.0
    noisy = np.clip(clean + noise, 0.01, None)
    return noisy.astype("float32"), clean.astype("float32")


def cosine(a, b):
    dot = ops.sum(a * b, axis=-1)
    return dot / (ops.norm(a, axis=-1) * ops.norm(b, axis=-1))


def safe_arccos(c):
    # rounding can give 1.0000001, clip so that arccos never returns nan
    c = ops.clip(c, -1.0, 1.0)
    return ops.arccos(c)  # whynan: acos_grad_at_one phase=gradient also=acos_domain,clip_misuse


class SpectralAngle(keras.losses.Loss):
    def __init__(self, sam_weight=1.0, mse_weight=0.0, name="sam"):
        super().__init__(name=name)
        self.sam_weight = sam_weight
        self.mse_weight = mse_weight

    def call(self, y_true, y_pred):
        angle = safe_arccos(cosine(y_true, y_pred))
        mse = ops.mean(ops.square(y_true - y_pred), axis=-1)
        return self.sam_weight * angle + self.mse_weight * mse


def build():
    inputs = keras.Input((BANDS,), name="spectrum")
    h = layers.Dense(96, activation="gelu")(inputs)
    h = layers.Dense(24, activation="gelu", name="bottleneck")(h)
    h = layers.Dense(96, activation="gelu")(h)
    # residual: start as the identity, learn only the correction
    correction = layers.Dense(BANDS, kernel_initializer="zeros", name="correction")(h)
    outputs = layers.Add(name="denoised")([inputs, correction])
    return keras.Model(inputs, outputs, name="sam_denoiser")


def main(cfg):
    keras.utils.set_random_seed(2024)
    x, y = make_pixels(2048, 0, cfg["clean_share"])
    x_val, y_val = make_pixels(512, 1, cfg["clean_share"])
    model = build()
    model.compile(
        optimizer=keras.optimizers.Adam(cfg["lr"]),
        loss=SpectralAngle(cfg["sam_weight"], cfg["mse_weight"]),
        metrics=["mae"],
    )
    model.fit(
        x, y,
        validation_data=(x_val, y_val),
        batch_size=cfg["batch_size"],
        epochs=cfg["epochs"],
        callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)],
        verbose=2,
    )


if __name__ == "__main__":
    main(CONFIG)
