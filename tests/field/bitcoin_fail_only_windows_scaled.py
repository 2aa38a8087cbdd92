"""Next-day bitcoin close from the last 30 closes with one LSTM layer.

I did normalise (MinMaxScaler, range 0..1, printed below), so "scale your data" is not the answer.
The loss starts around a billion, gets bigger every step and is nan before the first epoch ends or so.
"""
import keras
import numpy as np
from sklearn.preprocessing import MinMaxScaler

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)

LOOK_BACK = 30
UNITS = 128


def load_closes(days=460, start=27_500.0):
    """Daily closing price in US dollars."""
    drift = 0.0012 + 0.004 * np.sin(np.arange(days) / 45.0)
    returns = drift + rng.normal(0, 0.021, days)
    return start * np.exp(np.cumsum(returns))


def make_windows(scaled, closes, look_back):
    X, y = [], []
    for end in range(look_back, len(closes)):
        X.append(scaled[end - look_back:end])
        y.append(closes[end])
    return np.asarray(X, dtype="float32")[..., None], np.asarray(y, dtype="float32")


closes = load_closes()
scaler = MinMaxScaler()
scaled = scaler.fit_transform(closes.reshape(-1, 1))[:, 0]

X, y = make_windows(scaled, closes, LOOK_BACK)
print("X", X.shape, "from", X.min(), "to", X.max())
print("last closes", closes[-3:].round(0))

split = int(0.9 * len(X))
X_train, y_train = X[:split], y[:split]
X_test, y_test = X[split:], y[split:]

model = keras.Sequential([
    keras.layers.Input((LOOK_BACK, 1)),
    keras.layers.LSTM(UNITS),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1), loss="mean_squared_error")

history = model.fit(X_train, y_train, epochs=8, batch_size=32, verbose=2)  # whynan: unscaled_target phase=forward|loss also=learning_rate_too_high,exploding_gradient

forecast = model.predict(X_test, verbose=0)[:, 0]
naive = np.abs(np.diff(y_test)).mean()
print("MAE of the network", np.abs(forecast - y_test).mean(), "MAE of yesterday's close", naive)
