"""Snow hotel: will the guest book the second night? Age is voluntary on the form."""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(33)
rng = np.random.default_rng(33)

n = 2000
guests = pd.DataFrame({
    "age": rng.normal(41, 14, n).clip(18, 85).round(),
    "party": rng.integers(1, 6, n),
    "outside": rng.normal(-14, 7, n),
    "paid": rng.gamma(6, 40, n),
})
silent = rng.random(n) < 0.22
score = 1.3 - 0.04 * (guests["age"] - 40).abs() + 0.05 * guests["outside"] + 0.2 * guests["party"]
score = score - 0.8 * silent
guests["second_night"] = (rng.random(n) < 1 / (1 + np.exp(-score))).astype("float32")
guests.loc[silent, "age"] = np.nan

print(guests.describe().round(2))
print("missing ages:", int(guests["age"].isna().sum()))

age = guests[["age"]].to_numpy("float32")
rest = guests[["party", "outside", "paid"]].to_numpy("float32")
target = guests["second_night"].to_numpy()

norm = layers.Normalization()
norm.adapt(rest)

age_in = keras.Input((1,), name="age")
rest_in = keras.Input((3,), name="rest")
age_bins = layers.Discretization(bin_boundaries=[25.0, 35.0, 45.0, 55.0, 65.0], output_mode="one_hot")(age_in)
h = layers.Concatenate()([age_bins, norm(rest_in)])
h = layers.Dense(24, activation="relu")(h)
h = layers.Dropout(0.2)(h)
prob = layers.Dense(1, activation="sigmoid")(h)

model = keras.Model([age_in, rest_in], prob)
model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.AUC(name="auc")])
model.fit([age, rest], target, batch_size=64, epochs=6, validation_split=0.2, verbose=2)  # whynan: healthy

who = np.array([[22.0], [40.0], [np.nan]], "float32")
cold = np.tile(np.array([[2, -10, 240]], "float32"), (3, 1))
print("22, 40, not told:", model.predict([who, cold], verbose=0)[:, 0].round(3))
