"""Daily weight gain of bee hives on scales. One hive is one batch (PyDataset), days that were interpolated get the
sample weight 0, and every hive has the same say in the loss. Somewhere in the first epoch: nan. There is no nan in the
frame, neither in the weather nor in the gain."""
import keras
import numpy as np
import pandas as pd

WEATHER = ["temperature", "rain", "wind", "radiation", "day_length"]
SEED = 5


def load_frame(n_hives=18, n_days=40):
    rng = np.random.default_rng(SEED)
    parts = []
    for hive in range(n_hives):
        day = np.arange(n_days)
        frame = pd.DataFrame({
            "hive": hive,
            "temperature": 17 + 5 * np.sin(day / 9) + rng.normal(0, 2, n_days),
            "rain": rng.exponential(1.5, n_days),
            "wind": rng.gamma(2.0, 1.5, n_days),
            "radiation": rng.uniform(80, 310, n_days),
            "day_length": 15.5 + 0.02 * day,
        })
        strength = rng.uniform(0.5, 1.6)
        frame["gain"] = strength * (0.06 * (frame["temperature"] - 14) - 0.1 * frame["rain"]) + rng.normal(0, 0.1, n_days)
        frame["scale_read"] = rng.random(n_days) < 0.9
        if hive == 13:
            frame["scale_read"] = False           # battery of the scale flat all season, gain taken from the neighbours
        parts.append(frame)
    frame = pd.concat(parts, ignore_index=True)
    frame[WEATHER] = (frame[WEATHER] - frame[WEATHER].mean()) / (frame[WEATHER].std() + 1e-6)
    return frame


class OneHivePerBatch(keras.utils.PyDataset):
    def __init__(self, frame, **kwargs):
        super().__init__(**kwargs)
        self.hives = [group for _, group in frame.groupby("hive", sort=True)]

    def __len__(self):
        return len(self.hives)

    def __getitem__(self, k):
        group = self.hives[k]
        weight = group["scale_read"].to_numpy("float32")
        weight = weight / weight.mean()  # whynan: zero_weight_sum phase=data also=divide_by_zero
        inputs = {
            "weather": group[WEATHER].to_numpy("float32"),
            "hive": group["hive"].to_numpy("int32"),
        }
        return inputs, group["gain"].to_numpy("float32"), weight


def hive_model(n_hives):
    weather = keras.Input(shape=(len(WEATHER),), name="weather")
    hive = keras.Input(shape=(), dtype="int32", name="hive")
    colony = keras.layers.Embedding(n_hives, 4, name="colony")(hive)
    both = keras.layers.Concatenate()([weather, colony])
    hidden = keras.layers.Dense(32, activation="tanh")(both)
    gain = keras.layers.Dense(1, name="gain")(hidden)
    return keras.Model({"weather": weather, "hive": hive}, gain)


if __name__ == "__main__":
    keras.utils.set_random_seed(SEED)
    frame = load_frame()
    assert not frame.isna().any().any()
    model = hive_model(frame["hive"].nunique())
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
    model.fit(OneHivePerBatch(frame), epochs=4, verbose=2)
