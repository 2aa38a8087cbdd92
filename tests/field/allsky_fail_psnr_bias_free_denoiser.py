"""Denoiser for the all-sky camera on the observatory roof.

We switched from mse to PSNR because that is what the review asks for. Loss is -inf after a few batches, then nan, and
from then on every prediction is nan. With mse the same network trained without trouble.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(3)

SIZE = 32
FRAMES = 160
PHOTONS = 40.0
SHUTTER_TEST = 37


def simulate_frames(rng):
    """Stars on a sky glow; once a night the housekeeping takes an exposure with the shutter closed."""
    yy, xx = np.mgrid[:SIZE, :SIZE]
    frames = np.full((FRAMES, SIZE, SIZE, 1), 0.08, dtype="float32")
    for frame in frames:
        frame[..., 0] += 0.1 * rng.random() * yy / SIZE
        for _ in range(int(rng.integers(4, 12))):
            cy, cx = rng.uniform(2, SIZE - 2, size=2)
            flux = rng.uniform(0.3, 0.8)
            frame[..., 0] += flux * np.exp(-((yy - cy) ** 2 + (xx - cx) ** 2) / (2 * 0.9**2))
    frames[SHUTTER_TEST] = 0.0
    return np.clip(frames, 0.0, 1.0)


def shot_noise(clean, rng):
    counts = rng.poisson(clean * PHOTONS)
    return (counts / PHOTONS).astype("float32")


def build_denoiser(filters=16, depth=3):
    """No biases anywhere, so that the network generalises over exposure times."""
    noisy = layers.Input((SIZE, SIZE, 1))
    x = noisy
    for _ in range(depth):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False, activation="relu")(x)
    clean = layers.Conv2D(1, 3, padding="same", use_bias=False)(x)
    return keras.Model(noisy, clean, name="bias_free")


def psnr_loss(max_val=1.0):
    def loss(y_true, y_pred):
        quality = tf.image.psnr(y_true, y_pred, max_val=max_val)  # whynan: log_of_zero phase=loss rows=37
        return -tf.reduce_mean(quality)

    return loss


def main():
    rng = np.random.default_rng(11)
    clean = simulate_frames(rng)
    noisy = shot_noise(clean, rng)

    model = build_denoiser()
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0),
        loss=psnr_loss(),
        metrics=[keras.metrics.MeanAbsoluteError(name="mae")],
    )
    history = model.fit(noisy, clean, validation_split=0.15, batch_size=16, epochs=5, verbose=2)
    for epoch, (loss, mae) in enumerate(zip(history.history["loss"], history.history["mae"])):
        print(f"epoch {epoch}: -psnr {loss:8.3f}  mae {mae:.4f}")


if __name__ == "__main__":
    main()
