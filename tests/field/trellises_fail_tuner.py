"""Small grid search for the yield model of the hop trellises (kg per plant)."""
import itertools

import numpy as np
import pandas as pd
import keras
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(90)


def hop_plants(n=1000):
    height = rng.normal(6.8, 0.5, n)
    spacing = rng.choice([1.2, 1.4, 1.6], n)
    nitrogen = rng.uniform(80, 200, n)
    age = rng.integers(1, 16, n)
    sun = rng.normal(1500, 120, n)
    kg = (
        0.6
        + 0.15 * (height - 6.8)
        + 0.4 * (spacing - 1.4)
        + 0.002 * (nitrogen - 140) - 0.00002 * (nitrogen - 140) ** 2
        + 0.05 * np.minimum(age, 5)
        + 0.0006 * (sun - 1500)
        + rng.normal(0, 0.08, n)
    )
    X = np.column_stack([height, spacing, nitrogen, age, sun])
    return X, kg


def build(units, depth, lr, beta):
    net = keras.Sequential([keras.Input((5,))])
    for _ in range(depth):
        net.add(layers.Dense(units, activation="tanh"))
    net.add(layers.Dense(1))
    net.compile(keras.optimizers.Adam(learning_rate=lr, beta_1=beta), loss="mse")
    return net


X, y = hop_plants()
X_tr, X_va, y_tr, y_va = train_test_split(X, y, test_size=0.25, random_state=0)
sx = StandardScaler().fit(X_tr)
X_tr, X_va = sx.transform(X_tr), sx.transform(X_va)
mu, sd = y_tr.mean(), y_tr.std()
y_tr, y_va = (y_tr - mu) / sd, (y_va - mu) / sd

# averaging over 10 ... 1000 past gradients, evenly on a log scale
betas = np.round(1.0 - np.logspace(-1, -3, 5), 2)
units = [16, 32]
rates = [3e-3]

results = []
for lr, n_units, beta in itertools.product(rates, units, betas):
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    model = build(n_units, 2, lr, float(beta))
    stop = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
    hist = model.fit(X_tr, y_tr, validation_data=(X_va, y_va), epochs=6, batch_size=32, callbacks=[stop], verbose=0)  # whynan: divide_by_zero phase=update also=optimizer_hyperparameter_invalid
    results.append({
        "lr": lr,
        "units": n_units,
        "beta_1": beta,
        "epochs": len(hist.history["loss"]),
        "val_rmse_kg": sd * np.sqrt(min(hist.history["val_loss"])),
    })
    print(results[-1])

table = pd.DataFrame(results).sort_values("val_rmse_kg")
print(table.round(4).to_string(index=False))
