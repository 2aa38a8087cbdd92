"""Call centre staffing: which loss works best for the number of calls per half hour?"""
import keras
import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

SEARCH_SPACE = [
    {"loss": "mse", "lr": 1e-3},
    {"loss": "mae", "lr": 1e-3},
    {"loss": "poisson", "lr": 1e-3},
]


def load_calls(n=960):
    rng = np.random.default_rng(123)
    t = pd.date_range("2024-03-01", periods=n, freq="30min")
    df = pd.DataFrame({
        "hour": t.hour + t.minute / 60,
        "weekday": t.dayofweek,
        "mailing_sent": (rng.random(n) < 0.05).astype(int),
        "temperature": rng.normal(12, 6, n),
    })
    rate = 3 + 4 * np.exp(-((df["hour"] - 11) ** 2) / 8) + 5 * df["mailing_sent"]
    df["calls"] = rng.poisson(rate)
    return df


def design_matrix(df):
    X = df.drop(columns="calls")
    X["sin"] = np.sin(2 * np.pi * X["hour"] / 24)
    X["cos"] = np.cos(2 * np.pi * X["hour"] / 24)
    return StandardScaler().fit_transform(X).astype("float32")


def make_model(n_in):
    return keras.Sequential([
        keras.Input((n_in,)),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(16, activation="tanh"),
        keras.layers.Dense(1),
    ])


class BestSoFar(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.best = np.inf

    def on_epoch_end(self, epoch, logs=None):
        self.best = min(self.best, logs["val_mae"])


def trial(params, X, y, epochs=3):
    keras.utils.set_random_seed(1)
    model = make_model(X.shape[1])
    model.compile(optimizer=keras.optimizers.Adam(params["lr"]), loss=params["loss"], metrics=["mae"])
    tracker = BestSoFar()
    model.fit(X, y, validation_split=0.25, epochs=epochs, batch_size=32, callbacks=[tracker], verbose=0)  # whynan: wrong_loss_for_activation phase=loss also=log_of_negative
    return tracker.best


calls = load_calls()
X, y = design_matrix(calls), calls["calls"].to_numpy("float32")
results = [(p["loss"], trial(p, X, y)) for p in SEARCH_SPACE]
for name, mae in sorted(results, key=lambda r: r[1]):
    print(f"{name:10s} val_mae={mae:.3f}")
