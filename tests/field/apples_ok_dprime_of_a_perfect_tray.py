"""Bruised apples from near-infrared bands; bruises are rare, so they weigh more (class_weight).

After each epoch a callback measures, as the inspectors do for themselves, the sensitivity index d' on one tray of
forty apples.  The index in the log is inf (once in a while nan) and I wonder whether to stop the run.
"""
# whynan: side_nonfinite
import keras
import numpy as np
from scipy.stats import norm

CONFIG = {
    "apples": 2400,
    "bruised": 0.07,
    "bands": 12,
    "tray": (36, 4),  # sound, bruised
    "epochs": 8,
    "class_weight": {0: 1.0, 1: 13.0},
}


def spectra(rng, bruised):
    bands = np.linspace(0, 1, CONFIG["bands"])
    ripeness = rng.uniform(0.8, 1.2, (len(bruised), 1))
    sound = ripeness * (0.55 + 0.25 * np.sin(2.5 * bands + 0.4))
    water = 0.16 * np.exp(-((bands - 0.7) ** 2) / 0.02)
    signal = sound - bruised[:, None] * water + rng.normal(0, 0.025, sound.shape)
    return ((signal - 0.7) / 0.2).astype("float32")


class SensitivityIndex(keras.callbacks.Callback):
    """d' = z(hit rate) - z(false alarm rate) on one tray."""

    def __init__(self, tray, labels, threshold=0.5):
        super().__init__()
        self.tray = tray
        self.labels = labels
        self.threshold = threshold
        self.values = []

    def on_epoch_end(self, epoch, logs=None):
        alarm = self.model(self.tray, training=False).numpy()[:, 0] > self.threshold
        hit_rate = alarm[self.labels == 1].mean()
        false_rate = alarm[self.labels == 0].mean()
        d_prime = norm.ppf(hit_rate) - norm.ppf(false_rate)
        self.values.append(d_prime)
        logs["d_prime"] = float(d_prime)

    def on_train_end(self, logs=None):
        print("d' by epoch:", np.round(self.values, 2), "mean", np.mean(self.values))


def main():
    keras.utils.set_random_seed(7)
    rng = np.random.default_rng(88)
    labels = (rng.uniform(size=CONFIG["apples"]) < CONFIG["bruised"]).astype("float32")
    x = spectra(rng, labels)
    tray_labels = np.repeat([0.0, 1.0], CONFIG["tray"]).astype("float32")
    index = SensitivityIndex(spectra(rng, tray_labels), tray_labels)

    model = keras.Sequential([
        keras.Input((CONFIG["bands"],)),
        keras.layers.Dense(24, activation="relu"),
        keras.layers.Dense(12, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss="binary_crossentropy",
        metrics=[keras.metrics.Recall(name="recall")],
        steps_per_execution=5,
    )
    model.fit(
        x,
        labels[:, None],
        batch_size=48,
        epochs=CONFIG["epochs"],
        class_weight=CONFIG["class_weight"],
        callbacks=[index],
        verbose=2,
    )


if __name__ == "__main__":
    main()
