"""Predict the browning index of pretzels from the oven's process data."""
import numpy as np
import pandas as pd
import keras
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(64)
rng = np.random.default_rng(64)

n = 800
oven = pd.DataFrame({
    "lye_pct": rng.normal(3.8, 0.3, n),
    "dip_s": rng.normal(12, 2, n),
    "zone1_c": rng.normal(230, 8, n),
    "zone2_c": rng.normal(255, 9, n),
    "belt_m_min": rng.normal(1.4, 0.1, n),
    "humidity": rng.uniform(20, 60, n),
    "dough_c": rng.normal(22, 1.5, n),
    "salt_g": rng.normal(1.1, 0.2, n),
})
browning = (
    8 * (oven.lye_pct - 3.8)
    + 0.5 * (oven.dip_s - 12)
    + 0.15 * (oven.zone2_c - 255)
    - 20 * (oven.belt_m_min - 1.4)
    + 0.002 * (oven.zone1_c - 230) * (oven.zone2_c - 255)
    + rng.normal(0, 0.5, n)
)

X_tr, X_va, y_tr, y_va = train_test_split(oven.values, browning.values, test_size=0.2, random_state=0)
x_scaler = StandardScaler().fit(X_tr)
y_scaler = StandardScaler().fit(y_tr[:, None])
X_tr, X_va = x_scaler.transform(X_tr), x_scaler.transform(X_va)
y_tr, y_va = y_scaler.transform(y_tr[:, None]), y_scaler.transform(y_va[:, None])

steps_per_epoch = len(X_tr) // 32
schedule = keras.optimizers.schedules.CosineDecayRestarts(
    initial_learning_rate=0.01,
    first_decay_steps=2 * steps_per_epoch,
    t_mul=1.0,
    m_mul=2.0,
    alpha=0.01,
)

model = keras.Sequential([
    keras.Input((8,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.SGD(schedule), loss="mse")
hist = model.fit(X_tr, y_tr, validation_data=(X_va, y_va), batch_size=32, epochs=36, verbose=0)  # whynan: learning_rate_too_high phase=loss

table = pd.DataFrame(hist.history)
table["cycle"] = table.index // 2
print(table.groupby("cycle")[["loss", "val_loss"]].last())
rmse = np.sqrt(model.evaluate(X_va, y_va, verbose=0)) * y_scaler.scale_[0]
print("validation rmse in browning units: %.2f" % rmse)
