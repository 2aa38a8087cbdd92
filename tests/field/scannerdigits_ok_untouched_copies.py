"""Cleaning scanned digits: a small network removes the noise that the pipeline adds.

I print next to the loss how bad the noisy input was. That number is inf in every epoch and I wonder whether the
training can be trusted.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import load_digits

# whynan: side_nonfinite

NOISE = tf.constant([0.0, 0.08, 0.16, 0.30])  # a quarter of the copies stay as they are


def load_scans():
    scans = (load_digits().images / 16.0).astype("float32")[..., None]
    return scans[:1344], scans[1344:]


def spoil(scan):
    level = tf.gather(NOISE, tf.random.uniform([], 0, 4, dtype=tf.int32))
    copy = scan + level * tf.random.normal(scan.shape)
    copy = tf.clip_by_value(copy, 0.0, 1.0)
    quality = tf.image.psnr(scan, copy, max_val=1.0)
    return copy, scan, quality


def copies(scans, batch=64, training=True):
    ds = tf.data.Dataset.from_tensor_slices(scans)
    if training:
        ds = ds.shuffle(len(scans), seed=11)
    return ds.map(spoil).batch(batch).prefetch(1)


def cleaner(width=24):
    noisy = keras.Input((8, 8, 1))
    h = layers.Conv2D(width, 3, padding="same", activation="relu")(noisy)
    h = layers.Conv2D(width, 3, padding="same", activation="relu")(h)
    clean = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(h)
    return keras.Model(noisy, clean)


def main(epochs=8):
    keras.utils.set_random_seed(64)
    train_scans, test_scans = load_scans()
    model = cleaner()
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")

    train, test = copies(train_scans), copies(test_scans, training=False)
    for epoch in range(epochs):
        losses, before = [], []
        model.reset_metrics()
        for noisy, clean, quality in train:
            logs = model.train_on_batch(noisy, clean, return_dict=True)
            losses.append(float(logs["loss"]))
            before.append(quality.numpy())
        before = np.concatenate(before)

        after = [tf.image.psnr(clean, model(noisy, training=False), max_val=1.0).numpy() for noisy, clean, _ in test]
        print(
            f"epoch {epoch}  loss {losses[-1]:.4f}  input psnr {before.mean():.1f} dB  "
            f"cleaned psnr on test {np.concatenate(after).mean():.1f} dB"
        )


if __name__ == "__main__":
    main()
