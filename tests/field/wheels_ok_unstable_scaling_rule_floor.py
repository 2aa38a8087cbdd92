"""Flat spots on tram wheels from short vibration recordings.

I followed the linear scaling rule for the rate and a warm-up.  Loss is 1.1-something in the first epoch and the very
same in the last one, accuracy is that of guessing, whatever I change in the network.
"""
# whynan: unstable
import keras
import numpy as np
import tensorflow as tf
from keras import layers

CONFIG = {
    "samples": 480,
    "window": 128,
    "batch_size": 32,
    "base_rate": 0.1,          # for 256 recordings per step, as in the paper
    "reference_batch": 256,
    "warmup_epochs": 2,
    "epochs": 6,
    "classes": ["round", "one flat", "polygonised"],
}


def recordings(cfg, seed):
    rng = np.random.default_rng(seed)
    n, t = cfg["samples"], np.arange(cfg["window"])
    kind = rng.integers(0, len(cfg["classes"]), n)
    signal = rng.normal(0.0, 0.35, (n, cfg["window"], 2))
    for i, k in enumerate(kind):
        period, phase = rng.integers(28, 40), rng.integers(0, 28)
        if k == 1:
            hits = (t - phase) % period < 3
            signal[i] += np.stack([2.2 * hits, 1.1 * hits], axis=1)
        elif k == 2:
            wave = np.sin(2 * np.pi * (t - phase) * 5 / period)
            signal[i] += np.stack([0.9 * wave, 0.5 * wave], axis=1)
    return signal.astype("float32"), kind.astype("int32")


def pipeline(x, y, cfg, training):
    data = tf.data.Dataset.from_tensor_slices((x, y))
    if training:
        data = data.shuffle(len(x), seed=3)
        data = data.map(lambda s, k: (s * tf.random.uniform([], 0.9, 1.1), k))
    return data.batch(cfg["batch_size"], drop_remainder=True).prefetch(2)


def network(cfg):
    return keras.Sequential([
        keras.Input((cfg["window"], 2)),
        layers.Conv1D(16, 7, strides=2, activation="relu"),
        layers.Conv1D(24, 5, strides=2, activation="relu"),
        layers.GlobalMaxPooling1D(),
        layers.Dense(24, activation="relu"),
        layers.Dense(len(cfg["classes"])),
    ])


def main(cfg=CONFIG):
    keras.utils.set_random_seed(7)
    x, y = recordings(cfg, seed=1)
    cut = 384
    peak = cfg["base_rate"] * cfg["batch_size"] // cfg["reference_batch"]
    model = network(cfg)
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=peak, momentum=0.9, nesterov=True),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
    )
    warmup = keras.callbacks.LearningRateScheduler(
        lambda epoch, _: float(peak * min(1.0, (epoch + 1) / cfg["warmup_epochs"])))
    model.fit(
        pipeline(x[:cut], y[:cut], cfg, training=True),
        validation_data=pipeline(x[cut:], y[cut:], cfg, training=False),
        epochs=cfg["epochs"],
        callbacks=[warmup, keras.callbacks.EarlyStopping(patience=20, restore_best_weights=True)],
        verbose=2,
    )


if __name__ == "__main__":
    main()
