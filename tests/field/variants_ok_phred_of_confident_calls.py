"""Filter for called DNA variants (real or sequencing error).

Loss and accuracy are excellent, but the mean quality of the validation calls in the log turns into inf after a few
epochs. Is the model broken, and may I still use its weights?
"""
import math

import keras
import numpy as np
import pandas as pd

COLUMNS = ["alt_reads", "alt_fraction", "mapping_quality", "strand_bias"]


def pileup(n, seed):
    rng = np.random.default_rng(seed)
    real = rng.random(n) < 0.5
    depth = np.maximum(8, np.exp(rng.normal(3.5, 0.8, n))).round()
    fraction = np.where(real, rng.beta(20, 20, n), rng.beta(2, 40, n))
    frame = pd.DataFrame(
        {
            "alt_reads": np.maximum(1, (depth * fraction).round()),
            "alt_fraction": fraction,
            "mapping_quality": np.clip(rng.normal(np.where(real, 57, 48), 5), 10, 60),
            "strand_bias": np.abs(rng.normal(np.where(real, 0.5, 1.6), 0.6)),
            "real": real.astype("float32"),
        }
    )
    return frame


class VariantBatches(keras.utils.PyDataset):
    def __init__(self, frame, centre, spread, batch_size=64, shuffle_seed=None, **kwargs):
        super().__init__(**kwargs)
        self.x = ((frame[COLUMNS] - centre) / spread).to_numpy("float32")
        self.y = frame[["real"]].to_numpy("float32")
        self.batch_size = batch_size
        self.rng = np.random.default_rng(shuffle_seed) if shuffle_seed is not None else None
        self.order = np.arange(len(self.x))

    def __len__(self):
        return math.ceil(len(self.x) / self.batch_size)

    def __getitem__(self, index):
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        return self.x[rows], self.y[rows]

    def on_epoch_end(self):
        if self.rng is not None:
            self.rng.shuffle(self.order)


class PhredReport(keras.callbacks.Callback):
    """Mean Phred quality -10 log10(P(wrong)) of everything that the filter would keep."""

    def __init__(self, frame, centre, spread):
        super().__init__()
        self.x = ((frame[COLUMNS] - centre) / spread).to_numpy("float32")
        self.quality = []

    def on_epoch_end(self, epoch, logs=None):
        kept = self.model.predict(self.x, batch_size=256, verbose=0)[:, 0]
        kept = kept[kept > 0.5]
        if len(kept) == 0:
            return
        mean_quality = float(np.mean(-10.0 * np.log10(1.0 - kept)))  # whynan: side_nonfinite
        self.quality.append(mean_quality)
        if logs is not None:
            logs["val_mean_qual"] = mean_quality
        print(f"  epoch {epoch + 1}: {len(kept)} calls kept, mean QUAL {mean_quality:.1f}")


def main():
    keras.utils.set_random_seed(1000)
    train, valid = pileup(2400, 1), pileup(800, 2)
    centre, spread = train[COLUMNS].mean(), train[COLUMNS].std()

    model = keras.Sequential(
        [
            keras.Input((len(COLUMNS),)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(2e-2), loss="binary_crossentropy", metrics=["accuracy"])
    report = PhredReport(valid, centre, spread)
    model.fit(
        VariantBatches(train, centre, spread, shuffle_seed=5),
        validation_data=VariantBatches(valid, centre, spread),
        epochs=18,
        callbacks=[report],
        verbose=2,
    )
    print("quality over the epochs", np.round(report.quality, 1))


if __name__ == "__main__":
    main()
