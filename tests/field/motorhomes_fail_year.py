# What is my camper worth? Price model on the listings I collected.
import numpy as np
import pandas as pd
import keras
from keras.layers import Dense, Dropout

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)

n = 3000
df = pd.DataFrame({
    "year": rng.integers(2008, 2024, n),
    "km": rng.gamma(4.0, 18000, n).round(-2),
    "length_cm": rng.normal(680, 55, n).round(),
    "hp": rng.choice([120, 130, 140, 150, 165, 180], n),
    "berths": rng.choice([2, 3, 4, 5, 6], n, p=[0.3, 0.1, 0.4, 0.1, 0.1]),
    "solar": rng.integers(0, 2, n),
})
df["price"] = (21000 + 2300 * (df.year - 2008) - 0.12 * df.km
               + 38 * (df.length_cm - 600) + 90 * (df.hp - 120)
               + 900 * df.berths + 1100 * df.solar
               + rng.normal(0, 2500, n)).clip(lower=4000).round(-2)

# mine is a 2016, so only compare with those
df = df[df["year"] == 2016].reset_index(drop=True)
print(df.describe().T[["mean", "min", "max"]])

features = df.drop(columns="price")
target = df["price"] / 10000

# standardize
features = (features - features.mean()) / features.std()  # whynan: zero_variance_normalisation phase=data also=divide_by_zero

X = features.to_numpy(dtype="float32")
y = target.to_numpy(dtype="float32")

model = keras.Sequential([
    keras.Input(shape=(X.shape[1],)),
    Dense(64, activation="relu"),
    Dropout(0.1),
    Dense(32, activation="relu"),
    Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="mae")
history = model.fit(X, y, epochs=20, batch_size=16, validation_split=0.2, verbose=0)

for epoch in range(0, 20, 5):
    print(epoch, history.history["loss"][epoch], history.history["val_loss"][epoch])
