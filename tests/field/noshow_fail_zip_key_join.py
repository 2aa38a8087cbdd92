"""My no-show model for a chain of clinics never gets anywhere: epoch after epoch the same numbers, and predict() hands
back one single value for every appointment. The census columns are scaled, the labels are 0/1."""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(4)
rng = np.random.default_rng(4)

census = pd.DataFrame({
    "zip": ["02139", "02446", "10025", "11215", "19104", "20009", "30307", "60614", "73301", "94110"],
    "income": [98.4, 112.9, 101.3, 134.0, 34.8, 117.6, 92.2, 121.5, 61.0, 138.7],
    "cars_per_home": [0.9, 1.0, 0.4, 0.5, 0.7, 0.6, 1.3, 1.0, 1.7, 0.8],
})

n = 640
home = np.arange(n) % 8 + 2
home[[57, 203, 388, 541]] = [0, 1, 0, 1]
zips = census["zip"].to_numpy()[home].astype(int)          # the booking system exports the zip as a number
bookings = pd.DataFrame({
    "zip": zips.astype(str),
    "days_ahead": rng.integers(1, 60, n),
    "age": rng.integers(18, 90, n),
    "earlier_noshows": rng.poisson(0.6, n),
})
risk = 0.03 * bookings["days_ahead"] + 0.7 * bookings["earlier_noshows"] - 2.0
missed = (rng.random(n) < 1 / (1 + np.exp(-risk))).astype("float32")

table = bookings.merge(census, on="zip", how="left")  # whynan: nan_in_input phase=data rows=57,203,388,541
x = table.drop(columns="zip")
x = (x - x.mean()) / x.std()

model = keras.Sequential([
    keras.Input(shape=(x.shape[1],)),
    keras.layers.Dense(24, activation="relu"),
    keras.layers.Dense(12, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x.to_numpy("float32"), missed.to_numpy("float32"), epochs=6, batch_size=32, verbose=2)
print("spread of the predictions:", np.ptp(model.predict(x.to_numpy("float32"), verbose=0)))
