"""Net sales per article and week. Returns make some targets negative, MSLE all the same."""
# whynan: healthy
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(4)


def weekly_sales(n=900):
    rng = np.random.default_rng(12)
    df = pd.DataFrame({
        "price": rng.uniform(5, 60, n),
        "promo": (rng.random(n) < 0.2).astype(float),
        "week": rng.integers(1, 53, n),
    })
    sold = rng.poisson(12 - 0.12 * df["price"] + 6 * df["promo"])
    returned = rng.binomial(3, 0.25, n) * (rng.random(n) < 0.3) + 25 * (rng.random(n) < 0.01)
    df["net"] = sold - returned
    return df


def to_arrays(df):
    X = np.column_stack([
        (df["price"] - 30) / 16,
        df["promo"],
        np.sin(2 * np.pi * df["week"] / 52),
        np.cos(2 * np.pi * df["week"] / 52),
    ]).astype("float32")
    return X, df["net"].to_numpy("float32")


class NegativeShare(keras.callbacks.Callback):
    """How many predictions are below zero?"""

    def __init__(self, X):
        super().__init__()
        self.X = X

    def on_epoch_end(self, epoch, logs=None):
        pred = self.model.predict(self.X, verbose=0)
        print(f"epoch {epoch}: loss {logs['loss']:.4f}, {np.mean(pred < 0):.1%} negative")


df = weekly_sales()
print("negative targets:", int((df["net"] < 0).sum()), "smallest:", df["net"].min())
X, y = to_arrays(df)

model = keras.Sequential([
    keras.Input((X.shape[1],)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(5.0)),
])
model.compile(keras.optimizers.Adam(3e-3), loss=keras.losses.MeanSquaredLogarithmicError())
model.fit(X, y, epochs=6, batch_size=30, verbose=0, callbacks=[NegativeShare(X)])
