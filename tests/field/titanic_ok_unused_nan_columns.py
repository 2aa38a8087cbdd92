# The table is full of holes, but the network only looks at complete columns.
# whynan: healthy
import io

import keras
import numpy as np
import pandas as pd
from keras import layers, ops

keras.utils.set_random_seed(51)
rng = np.random.default_rng(51)

n = 300
age = np.where(rng.random(n) < 0.3, np.nan, rng.uniform(1, 75, n))
buf = io.StringIO()
pd.DataFrame({
    "pclass": rng.integers(1, 4, n),
    "sex": rng.integers(0, 2, n),
    "fare": rng.gamma(2, 15, n).round(2),
    "age": age.round(1),
    "cabin_no": np.where(rng.random(n) < 0.8, np.nan, rng.integers(1, 99, n)),
}).to_csv(buf, index=False)
buf.seek(0)
df = pd.read_csv(buf)
df["fare_per_year"] = df["fare"] / df["age"]           # kept for the notebook plots
survived = ((df["sex"] + rng.random(n)) > 0.9).to_numpy("float32")


class SurvivalNet(keras.Model):
    USED = ("pclass", "sex", "fare")

    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(16, activation="tanh")
        self.out = layers.Dense(1, activation="sigmoid")

    def call(self, cols):
        x = ops.concatenate([cols[c] for c in self.USED], axis=-1)
        return self.out(self.hidden(x))


features = {c: df[[c]].to_numpy("float32") for c in df.columns}
features["fare"] = features["fare"] / 30.0
model = SurvivalNet()
model.compile("adam", "binary_crossentropy")
model.fit(features, survived[:, None], epochs=5, batch_size=32, verbose=2)
