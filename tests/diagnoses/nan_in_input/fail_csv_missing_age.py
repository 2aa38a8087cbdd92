"""Survival prediction from a passenger list."""
import io

import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(7)


def passenger_csv(n=320):
    rng = np.random.default_rng(3)
    lines = ["pclass,sex,age,fare,survived"]
    for i in range(n):
        pclass = rng.integers(1, 4)
        sex = rng.integers(0, 2)
        age = "" if i in (57, 141, 142, 268) else f"{rng.uniform(1, 70):.0f}"
        fare = rng.gamma(2.0, 40.0 / pclass)
        lines.append(f"{pclass},{sex},{age},{fare:.2f},{int(rng.random() < 0.25 + 0.5 * sex)}")
    return "\n".join(lines)


df = pd.read_csv(io.StringIO(passenger_csv()))  # whynan: nan_in_input phase=data rows=57,141,142,268
y = df.pop("survived").to_numpy("float32")
x = ((df - df.mean()) / df.std()).to_numpy("float32")

model = keras.Sequential([
    keras.Input((4,)),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(8, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, batch_size=32, epochs=3, verbose=2)
print(history.history["loss"])
