"""Disease progression after one year (tabular, 330 patients, regression)."""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(1)
UNMEASURED = [14, 47, 83, 120, 155, 190, 222, 251, 287]


def clinic_table(n=330):
    rng = np.random.default_rng(12)
    frame = pd.DataFrame({
        "age": rng.integers(21, 80, n),
        "bmi": rng.normal(28, 5, n).round(1),
        "glucose": rng.normal(118, 25, n).clip(60).round(),
        "pressure": rng.normal(80, 11, n).round(),
    })
    frame["progression"] = (1.9 * frame["bmi"] + 0.5 * frame["glucose"] + rng.normal(0, 14, n)).round()
    frame.loc[UNMEASURED, "glucose"] = 0.0      # 0 means: not measured
    return frame


def winsorise(values, share=0.02):
    low, high = np.quantile(values, [share, 1 - share])
    return np.clip(values, low, high)


class Preparation:
    """Cleaning -> target -> standardised features."""

    def __init__(self, features):
        self.features = features

    def clean(self, frame):
        frame = frame[frame["glucose"] > 0].copy()
        assert not frame.isna().any().any()
        return frame

    def add_target(self, frame):
        capped = winsorise(frame["progression"].to_numpy())
        frame["target"] = pd.Series((capped - capped.mean()) / capped.std())  # whynan: nan_in_label phase=data rows=312,313,314,315,316,317,318,319,320
        return frame

    def __call__(self, frame):
        frame = self.add_target(self.clean(frame))
        block = frame[self.features].astype("float64")
        block = (block - block.mean()) / block.std()
        return block.to_numpy("float32"), frame["target"].to_numpy("float32")


def regressor(width):
    model = keras.Sequential(name="progression")
    model.add(keras.Input((4,)))
    model.add(keras.layers.Dense(width, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-4)))
    model.add(keras.layers.Dense(width // 2, activation="relu"))
    model.add(keras.layers.Dense(1))
    return model


prepare = Preparation(["age", "bmi", "glucose", "pressure"])
x, y = prepare(clinic_table())
model = regressor(32)
model.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.9), loss="mean_squared_error")
history = model.fit(x, y, epochs=5, batch_size=32, verbose=0)
print(["%.3f" % v for v in history.history["loss"]])
