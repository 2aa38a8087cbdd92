import numpy as np
import tensorflow as tf
import keras
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(58)


def synth_voyages(n=2400, seed=6):
    """AIS based guess of what a container ship carries, in US dollars."""
    r = np.random.default_rng(seed)
    teu = r.integers(1200, 14000, n)
    draught_ratio = r.uniform(0.55, 1.0, n)
    age = r.integers(0, 28, n)
    reefer = r.uniform(0.0, 0.25, n)
    asia_leg = r.integers(0, 2, n)
    days_at_sea = r.gamma(6.0, 3.0, n)
    per_teu = 6000 * np.exp(0.5 * asia_leg + 1.2 * reefer + r.normal(0, 0.25, n))
    usd = teu * draught_ratio * per_teu
    X = np.column_stack([teu, draught_ratio, age, reefer, asia_leg, days_at_sea])
    return X, usd


X, usd = synth_voyages()
X_tr, X_te, y_tr, y_te = train_test_split(X, usd, test_size=0.2, random_state=1)

scaler = StandardScaler().fit(X_tr)
X_tr = scaler.transform(X_tr).astype("float32")
X_te = scaler.transform(X_te).astype("float32")
y_tr = y_tr.astype("float32")
y_te = y_te.astype("float32")
print("median cargo value: %.1f M$" % (np.median(y_tr) / 1e6))

train_ds = (tf.data.Dataset.from_tensor_slices((X_tr, y_tr))
            .shuffle(2000, seed=9).batch(32).prefetch(2))
test_ds = tf.data.Dataset.from_tensor_slices((X_te, y_te)).batch(128)

model = keras.Sequential(
    [
        keras.layers.Input((X_tr.shape[1],)),
        keras.layers.Dense(64, activation="leaky_relu"),
        keras.layers.Dense(1),
    ],
    name="cargo_value",
)
model.compile(optimizer="sgd", loss="mean_squared_error", metrics=["mean_absolute_percentage_error"])

history = model.fit(train_ds, validation_data=test_ds, epochs=5, verbose=2)  # whynan: unscaled_target phase=loss|forward

print({k: v[-1] for k, v in history.history.items()})
