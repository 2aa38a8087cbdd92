import numpy as np
import pandas as pd
import keras
from keras import layers


def applicants(n=320):
    rng = np.random.default_rng(31)
    t = pd.DataFrame({
        "debt": rng.gamma(2.0, 5.0, n),
        "income": rng.gamma(4.0, 10.0, n),
        "age": rng.integers(20, 70, n),
    })
    t.loc[3, "income"] = 0.0    # a student
    t["default"] = (t["debt"] / (t["income"] + 1) > 0.4).astype(int)
    return t


class Ratio(layers.Layer):
    def call(self, inputs):
        num, den = inputs
        return num / den  # whynan: divide_by_zero phase=forward rows=3


keras.utils.set_random_seed(31)
table = applicants()
debt = keras.Input((1,), name="debt")
income = keras.Input((1,), name="income")
age = keras.Input((1,), name="age")
z = layers.Concatenate()([Ratio(name="dti")([debt, income]), layers.Rescaling(1 / 70)(age)])
z = layers.Dense(8, activation="tanh")(z)
score = layers.Dense(1, activation="sigmoid")(z)
model = keras.Model({"debt": debt, "income": income, "age": age}, score)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
data = {c: table[[c]].to_numpy("float32") for c in ("debt", "income", "age")}
model.fit(data, table[["default"]].to_numpy("float32"), epochs=2, batch_size=32, verbose=2)
for w in model.weights:
    print(w.path, bool(np.isfinite(w.numpy()).all()))
