import numpy as np
import pandas as pd
import keras
from keras import layers
from scipy.stats import norm
from sklearn.preprocessing import StandardScaler

SEED = 2024
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

# ---------------------------------------------------------------- portfolio
N = 2000
df = pd.DataFrame({
    "open_balance": np.minimum(rng.lognormal(7.0, 1.1, N), 180_000.0),
    "age_of_debt": rng.gamma(2.0, 140.0, N),
    "n_calls": rng.poisson(3, N),
    "n_letters": rng.poisson(2, N),
    "income": rng.normal(2300, 500, N),
    "employed": rng.integers(0, 2, N),
})
df.loc[412, "open_balance"] = 412_330.75      # the haulage company

score = (
    1.1
    - 0.5 * (np.log(df.open_balance) - 7)
    - 0.002 * df.age_of_debt
    + 0.15 * df.n_calls
    + 0.7 * df.employed
    + 0.0006 * (df.income - 2300)
)
df["paid"] = (rng.random(N) < 1 / (1 + np.exp(-score))).astype("int8")
print(df.describe().T[["mean", "std", "min", "max"]].round(2))


# ---------------------------------------------------------------- features
def gaussian_rank(s):
    """Map a skewed column to a standard normal one by its rank."""
    return norm.ppf(s.rank(pct=True))  # whynan: special_function_domain phase=data also=inf_in_input rows=412


plain = ["age_of_debt", "n_calls", "n_letters", "income"]
X = StandardScaler().fit_transform(df[plain])
X = np.column_stack([X, gaussian_rank(df["open_balance"]), df["employed"]])
X = X.astype("float32")
y = df["paid"].to_numpy("float32")
print("X", X.shape, "paid rate %.3f" % y.mean())

# ---------------------------------------------------------------- model
model = keras.Sequential([
    layers.Input((X.shape[1],)),
    layers.Dense(32, activation="swish"),
    layers.Dropout(0.1),
    layers.Dense(16, activation="swish"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(
    optimizer=keras.optimizers.AdamW(3e-3, weight_decay=1e-4),
    loss="binary_crossentropy",
    metrics=["accuracy"],
)
hist = model.fit(X, y, validation_split=0.2, epochs=6, batch_size=50, verbose=2)

p = model.predict(X[1600:], verbose=0).ravel()
top = np.argsort(-p)[:40]
print("paid among the 40 best of the last 400: %.2f" % y[1600:][top].mean())
