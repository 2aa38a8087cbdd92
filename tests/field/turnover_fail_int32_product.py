import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)

# memory is tight on the real table (90M rows), hence int32 everywhere
n = 500
trades = pd.DataFrame({
    "volume": rng.integers(100, 10_000, n).astype("int32"),
    "price_cents": rng.integers(500, 20_000, n).astype("int32"),
    "spread_bp": rng.gamma(2.0, 3.0, n).astype("float32"),
})
trades.loc[[31, 140], "volume"] = np.int32(300_000)       # block trades
trades.loc[[31, 140], "price_cents"] = np.int32(10_000)
trades = trades.astype({"volume": "int32", "price_cents": "int32"})


def featurize(t):
    return np.column_stack([
        np.log1p(t["volume"] * t["price_cents"]),  # whynan: int_overflow phase=data rows=31,140 also=log_of_negative,nan_in_input
        np.log1p(t["spread_bp"]),
        np.log(t["price_cents"]),
    ]).astype("float32")


X = featurize(trades)
X = X - np.array([16.0, 1.8, 9.0], "float32")
impact = (0.1 * trades["spread_bp"] + rng.normal(0, 0.1, n)).to_numpy("float32")

model = keras.Sequential([
    keras.layers.Input(shape=(3,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.9), loss="mse")
history = model.fit(X, impact, epochs=6, batch_size=25, verbose=0)
print(history.history["loss"])
