"""Next-day close of a stock from the last 60 closes, two recurrent layers.

Everybody told me relu units die in recurrent layers, so I moved to leaky_relu. The loss is nan at
the end of the first epoch, and predict returns nan as well.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(7)

# ---- 1. the series (what the downloaded csv looks like) ----
LOOKBACK = 60
rng = np.random.default_rng(7)
n_days = 620
drift = 0.0006 + 0.013 * rng.standard_normal(n_days)
df = pd.DataFrame(
    {
        "Date": pd.bdate_range("2015-01-02", periods=n_days),
        "Close": np.round(530.0 * np.exp(np.cumsum(drift)), 2),
    }
)
df = df.sort_values("Date").reset_index(drop=True)
print(df.describe())
print("missing values:", int(df["Close"].isnull().sum()))

# ---- 2. windows ----
closes = df["Close"].to_numpy(dtype="float32")
X, y = [], []
for i in range(LOOKBACK, len(closes)):
    X.append(closes[i - LOOKBACK:i])
    y.append(closes[i])
X = np.array(X)[..., np.newaxis]
y = np.array(y)

split = int(len(X) * 0.8)
X_train, X_test = X[:split], X[split:]
y_train, y_test = y[:split], y[split:]
print(X_train.shape, y_train.shape)

# ---- 3. the model ----
model = keras.Sequential(
    [
        keras.Input((LOOKBACK, 1)),
        layers.SimpleRNN(32, activation="leaky_relu", return_sequences=True),
        layers.Dropout(0.2),
        layers.SimpleRNN(32, activation="leaky_relu"),
        layers.Dropout(0.2),
        layers.Dense(1),
    ]
)
model.summary()
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01), loss="mse", metrics=["mae"])

# ---- 4. training ----
history = model.fit(X_train, y_train, epochs=4, batch_size=32, validation_data=(X_test, y_test), verbose=2)  # whynan: unscaled_input phase=forward|loss|gradient|update also=exploding_gradient,learning_rate_too_high,unscaled_target

pred = model.predict(X_test[:5], verbose=0)
print(np.c_[pred.ravel(), y_test[:5]])
