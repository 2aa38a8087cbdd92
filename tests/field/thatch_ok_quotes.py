"""Quotes for re-thatching a roof, in pounds. Tabular regression for the surveyors' office."""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(88)


def make_quotes(n=2000, seed=3):
    r = np.random.default_rng(seed)
    df = pd.DataFrame({
        "area_m2": r.gamma(9, 18, n),
        "pitch_deg": r.normal(50, 4, n),
        "storeys": r.integers(1, 4, n),
        "chimneys": r.integers(0, 4, n),
        "dormers": r.poisson(1.5, n),
        "miles_to_reed": r.exponential(25, n),
        "water_reed": r.integers(0, 2, n),
        "listed": r.binomial(1, 0.35, n),
    })
    price = df.area_m2 * (430 + 160 * df.water_reed) * (1 + 0.06 * (df.storeys - 1))
    price += 2600 * df.dormers + 1400 * df.chimneys + 35 * df.miles_to_reed
    price *= 1 + 0.18 * df.listed
    price += r.normal(0, 3500, n)
    df["quote"] = price.clip(lower=5000)
    return df


quotes = make_quotes()
train = quotes.sample(frac=0.8, random_state=1)
test = quotes.drop(train.index)
cols = [c for c in quotes.columns if c != "quote"]

x_train, y_train = train[cols].to_numpy("float32"), train["quote"].to_numpy("float32")
x_test, y_test = test[cols].to_numpy("float32"), test["quote"].to_numpy("float32")
print(train["quote"].describe().round(0))

norm = layers.Normalization()
norm.adapt(x_train)

net = keras.Sequential([
    keras.Input((len(cols),)),
    norm,
    layers.Dense(64, activation="relu"),
    layers.Dense(1),
])
net.compile(
    optimizer=keras.optimizers.Adam(0.3, use_ema=True, ema_momentum=0.98),
    loss="mse",
    metrics=[keras.metrics.RootMeanSquaredError(name="rmse"), "mae"],
)

callbacks = [
    keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=4, verbose=1),
    keras.callbacks.EarlyStopping(monitor="val_loss", patience=12, restore_best_weights=True, verbose=1),
]
history = net.fit(x_train, y_train, validation_data=(x_test, y_test), epochs=60,  # whynan: healthy
                  batch_size=32, verbose=2, callbacks=callbacks)

pred = net.predict(x_test, verbose=0)[:, 0]
ss_res = float(np.sum((y_test - pred) ** 2))
ss_tot = float(np.sum((y_test - y_test.mean()) ** 2))
print(f"test R2 {1 - ss_res / ss_tot:.3f}   mean absolute error {np.abs(y_test - pred).mean():,.0f} pounds")
