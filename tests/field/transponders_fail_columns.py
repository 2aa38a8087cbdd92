import numpy as np
import pandas as pd
import keras
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(1090)
rng = np.random.default_rng(1090)

# ---------------------------------------------------------------- data
# ground station log: received voice/transponder carriers and their path loss
n = 1800
channel = rng.integers(0, 760, n)
log = pd.DataFrame({
    "distance_km": rng.gamma(3.0, 35.0, n),
    "altitude_km": rng.uniform(0.5, 12.0, n),
    "bearing_sin": np.sin(rng.uniform(0, 2 * np.pi, n)),
    "elevation_deg": rng.gamma(2.0, 3.0, n),
    "humidity": rng.uniform(20, 100, n),
    "pressure_hpa": rng.normal(1013, 9, n),
    "carrier_hz": 118_000_000 + 25_000 * channel,
    "antenna": rng.choice(["north", "south", "mast"], n),
})
loss_db = (20 * np.log10(log.distance_km + 1)
           + 20 * np.log10(log.carrier_hz / 1e6)
           - 0.8 * log.altitude_km
           + 0.02 * log.humidity
           + log.antenna.map({"north": 0.0, "south": 1.5, "mast": -3.0})
           + rng.normal(0, 1.5, n))
log["path_loss_db"] = loss_db

# ---------------------------------------------------------------- preprocessing
target = log.pop("path_loss_db")
log = pd.get_dummies(log, columns=["antenna"], dtype="uint8")
train, test, y_train, y_test = train_test_split(log, target, test_size=0.2, random_state=0)
train, test = train.copy(), test.copy()

numeric = train.select_dtypes(include="float64").columns
scaler = StandardScaler()
train[numeric] = scaler.fit_transform(train[numeric])
test[numeric] = scaler.transform(test[numeric])

y_mu, y_sd = y_train.mean(), y_train.std()
y_train = ((y_train - y_mu) / y_sd).to_numpy("float32")
y_test = ((y_test - y_mu) / y_sd).to_numpy("float32")
x_train = train.to_numpy("float32")
x_test = test.to_numpy("float32")
print("features:", list(train.columns))

# ---------------------------------------------------------------- model
inp = keras.Input((x_train.shape[1],))
h = layers.Dense(32, activation="relu")(inp)
out = layers.Dense(1)(h)
model = keras.Model(inp, out)
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.01),
    loss="mean_squared_error",
    metrics=["mean_absolute_error"],
)
model.fit(x_train, y_train, validation_split=0.1, batch_size=64, epochs=15, verbose=2)  # whynan: unscaled_input phase=loss|forward

mse, mae = model.evaluate(x_test, y_test, verbose=0)
print(f"test mae: {mae * y_sd:.2f} dB")
