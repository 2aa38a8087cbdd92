# Loss nan for multi-class classification, my label are one hot encoded and there's no nan in the csv
import numpy as np
import pandas as pd
import keras
from keras.layers import Dense, BatchNormalization

keras.utils.set_random_seed(1)


def make_frame(n=600):
    rng = np.random.default_rng(13)
    cls = rng.integers(0, 3, n)
    df = pd.DataFrame({f"sensor_{i}": rng.normal(loc=0.6 * (cls == i % 3), size=n) for i in range(9)})
    df["grade"] = pd.Categorical.from_codes(cls, ["A", "B", "C"])
    return df


class Batches(keras.utils.PyDataset):
    def __init__(self, x, y, batch_size=32, **kw):
        super().__init__(**kw)
        self.x, self.y, self.bs = x, y, batch_size

    def __len__(self):
        return int(np.ceil(len(self.x) / self.bs))

    def __getitem__(self, i):
        s = slice(i * self.bs, (i + 1) * self.bs)
        return self.x[s], self.y[s]


df = make_frame()
assert not df.isna().any().any()
X = df.drop(columns="grade").to_numpy("float32")
Y = pd.get_dummies(df["grade"]).to_numpy("float32")

model = keras.Sequential()
model.add(keras.Input((9,)))
model.add(Dense(24, activation="relu"))
model.add(BatchNormalization())
model.add(Dense(12, activation="relu"))
model.add(Dense(3, activation="relu"))
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(Batches(X, Y), epochs=4, verbose=2)  # whynan: wrong_loss_for_activation phase=loss also=divide_by_zero
