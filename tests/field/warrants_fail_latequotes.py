"""Price surrogate for index warrants: learn price/strike from the quote tape."""
import numpy as np
import pandas as pd
import keras
from scipy.stats import norm

keras.utils.set_random_seed(71)
rng = np.random.default_rng(71)

N_QUOTES = 3200
CLOSE = pd.Timedelta(hours=16)
YEAR = 365.25 * 24 * 3600


def load_tape(n):
    days = pd.bdate_range("2023-01-02", "2023-06-30")
    day = pd.Series(rng.choice(days, n))
    clock = pd.to_timedelta(rng.uniform(9.5 * 3600, 16.25 * 3600, n), unit="s")
    dte = rng.choice([0, 1, 2, 7, 14, 30, 60, 90], n)
    tape = pd.DataFrame({
        "quote_time": day + clock,
        "expiry": day + pd.to_timedelta(dte, unit="D") + CLOSE,
        "spot": 4100 * np.exp(rng.normal(0, 0.04, n)),
        "rate": rng.normal(0.045, 0.003, n),
    })
    tape["strike"] = (tape.spot * np.exp(rng.normal(0, 0.06, n)) / 25).round() * 25
    return tape.sort_values("quote_time").reset_index(drop=True)


def market_price(tape):
    left = (tape.expiry - tape.quote_time).dt.total_seconds().clip(lower=60) / YEAR
    k = np.log(tape.strike / tape.spot)
    vol = 0.17 - 0.25 * k + 0.9 * k ** 2
    sd = vol * np.sqrt(left)
    d1 = (-k + tape.rate * left) / sd + 0.5 * sd
    call = tape.spot * norm.cdf(d1) - tape.strike * np.exp(-tape.rate * left) * norm.cdf(d1 - sd)
    return call * (1 + rng.normal(0, 0.004, len(tape)))


tape = load_tape(N_QUOTES)
tape["price"] = market_price(tape)

tape["tau"] = (tape.expiry - tape.quote_time).dt.total_seconds() / YEAR
feats = pd.DataFrame({
    "log_m": np.log(tape.spot / tape.strike),
    "sqrt_tau": np.sqrt(tape.tau),  # whynan: nan_in_input phase=data also=sqrt_of_negative
    "rate": tape.rate,
})
feats["carry"] = feats.rate * feats.sqrt_tau
target = (tape.price / tape.strike).to_numpy("float32")[:, None]

cut = int(0.85 * len(tape))
mu, sd = feats[:cut].mean(), feats[:cut].std()
X = ((feats - mu) / sd).to_numpy("float32")
X_train, X_test = X[:cut], X[cut:]
y_train, y_test = target[:cut], target[cut:]
print("train", X_train.shape, "test", X_test.shape, "price/strike", y_train.min(), y_train.max())

model = keras.Sequential([
    keras.Input((X.shape[1],)),
    keras.layers.Dense(48, activation="silu"),
    keras.layers.Dense(48, activation="silu"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
hist = model.fit(X_train, y_train, batch_size=64, epochs=10, verbose=2)

pred = model.predict(X_test, verbose=0)
print("test error in bp of strike:", 1e4 * float(np.mean(np.abs(pred - y_test))))
