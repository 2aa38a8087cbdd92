"""Cleveland-style heart disease table: '?' for unknown values, StandardScaler, stratified split."""
import io
from dataclasses import dataclass, field

import keras
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(99)
NAMES = ["age", "trestbps", "chol", "thalach", "oldpeak", "ca", "thal", "num"]


def processed_cleveland(n=300):
    """Text of the data file, as it can be downloaded (no header, '?' = unknown)."""
    rng = np.random.default_rng(0)
    unknown_ca, unknown_thal = {38, 129, 166, 244}, {87, 266}
    lines = []
    for i in range(n):
        sick = rng.random() < 0.45
        ca = "?" if i in unknown_ca else str(int(rng.integers(0, 4) if sick else rng.integers(0, 2)))
        thal = "?" if i in unknown_thal else str(int(rng.choice([3, 6, 7])))
        lines.append(",".join([str(int(rng.normal(54 + 4 * sick, 8))), str(int(rng.normal(131, 17))),
                               str(int(rng.normal(246, 50))), str(int(rng.normal(158 - 19 * sick, 20))),
                               f"{abs(rng.normal(0.6 + sick, 0.8)):.1f}", ca, thal, str(int(sick))]))
    return "\n".join(lines)


@dataclass
class HeartData:
    text: str
    seed: int = 4
    scaler: StandardScaler = field(default_factory=StandardScaler)

    def frame(self):
        frame = pd.read_csv(io.StringIO(self.text), header=None, names=NAMES, na_values="?")  # whynan: nan_in_input phase=data rows=2,144,170,215
        # thal is categorical: the most frequent value is as good as anything
        frame["thal"] = frame["thal"].fillna(frame["thal"].mode()[0])
        return frame

    def split(self):
        frame = self.frame()
        target = frame.pop("num").to_numpy("float32")
        x_train, x_test, y_train, y_test = train_test_split(
            frame.to_numpy("float64"), target, test_size=0.2, stratify=target, random_state=self.seed)
        # the scaler complains about NaN anyway, if there were any
        x_train = self.scaler.fit_transform(x_train)
        x_test = self.scaler.transform(x_test)
        return x_train.astype("float32"), x_test.astype("float32"), y_train, y_test


class HeartNet(keras.Model):
    def __init__(self, units=(32, 16)):
        super().__init__()
        self.blocks = [keras.layers.Dense(u, activation="relu") for u in units]
        self.drop = keras.layers.Dropout(0.2)
        self.out = keras.layers.Dense(1, activation="sigmoid")

    def call(self, x, training=False):
        for block in self.blocks:
            x = self.drop(block(x), training=training)
        return self.out(x)


x_train, x_test, y_train, y_test = HeartData(processed_cleveland()).split()
net = HeartNet()
net.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
net.fit(x_train, y_train, batch_size=16, epochs=6, verbose=2)
print(net.evaluate(x_test, y_test, verbose=0))
