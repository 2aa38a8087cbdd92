# Purchasing: how long will an order take? We want a P10 / P50 / P90 range per order line
# instead of the single "planned delivery time" from the ERP.
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(2024)
rng = np.random.default_rng(2024)

n = 3200
orders = pd.DataFrame({
    "supplier": rng.choice(["Brandt", "Kowal", "Shinwa", "Tesar", "Ostrava", "Delmar"], n),
    "incoterm": rng.choice(["EXW", "FCA", "DAP"], n, p=[0.3, 0.5, 0.2]),
    "quantity": rng.lognormal(4.0, 1.0, n).round(),
    "unit_price": rng.lognormal(2.5, 0.8, n).round(2),
    "open_orders": rng.poisson(9, n),
    "month": rng.integers(1, 13, n),
})
base = orders["supplier"].map(
    {"Brandt": 8, "Kowal": 14, "Shinwa": 41, "Tesar": 11, "Ostrava": 19, "Delmar": 27}
)
mean_days = base + 0.6 * orders["open_orders"] + 2.0 * np.log(orders["quantity"]) \
    + 6.0 * orders["month"].isin([8, 12])
orders["days"] = rng.gamma(6.0, mean_days / 6.0).round() + 1

features = pd.get_dummies(orders.drop(columns="days"), columns=["supplier", "incoterm"])
features["quantity"] = np.log1p(features["quantity"])
features["unit_price"] = np.log1p(features["unit_price"])
features["month_sin"] = np.sin(2 * np.pi * features["month"] / 12)
features["month_cos"] = np.cos(2 * np.pi * features["month"] / 12)
features = features.drop(columns="month").astype("float32")

X_tr, X_te, y_tr, y_te = train_test_split(
    features.to_numpy(), orders[["days"]].to_numpy("float32"), test_size=0.2, random_state=3
)
x_scaler, y_scaler = StandardScaler().fit(X_tr), StandardScaler().fit(y_tr)
X_tr, X_te = x_scaler.transform(X_tr), x_scaler.transform(X_te)
z_tr, z_te = y_scaler.transform(y_tr), y_scaler.transform(y_te)

QUANTILES = tf.constant([0.1, 0.5, 0.9])
SMOOTH = 0.01


def smooth_pinball(y_true, y_pred):
    """Pinball loss with a rounded kink (Zheng 2011), differentiable everywhere."""
    error = y_true - y_pred
    kink = SMOOTH * tf.math.log(1.0 + tf.exp(-error / SMOOTH))  # whynan: exp_overflow phase=loss|forward
    return tf.reduce_mean(QUANTILES * error + kink, axis=-1)


model = keras.Sequential([
    keras.Input((X_tr.shape[1],)),
    keras.layers.Dense(48, activation="elu"),
    keras.layers.Dropout(0.1),
    keras.layers.Dense(48, activation="elu"),
    keras.layers.Dense(3, name="p10_p50_p90"),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=smooth_pinball)

history = model.fit(
    X_tr, z_tr,
    validation_data=(X_te, z_te),
    epochs=15,
    batch_size=64,
    callbacks=[keras.callbacks.ReduceLROnPlateau(patience=3)],
    verbose=2,
)

bands = model.predict(X_te, verbose=0) * y_scaler.scale_[0] + y_scaler.mean_[0]
inside = (y_te[:, 0] >= bands[:, 0]) & (y_te[:, 0] <= bands[:, 2])
print("P10-P90 coverage:", inside.mean().round(3))
print("median abs. error of P50 [days]:", np.median(np.abs(y_te[:, 0] - bands[:, 1])).round(2))
