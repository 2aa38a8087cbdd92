import numpy as np
import tensorflow as tf
import keras
from keras import layers

# Power meter replacement: estimate the watts of a rider from cadence, gradient, speed, wind, heart rate ...
keras.utils.set_random_seed(2024)
rng = np.random.default_rng(2024)

n = 1201
cadence = rng.normal(85, 9, n)
speed = rng.normal(29, 5, n)
gradient = rng.normal(0.5, 2.5, n)
wind = rng.normal(0, 8, n)
heart = rng.normal(140, 14, n)
mass = rng.normal(78, 8, n)
watts = (0.0125 * np.clip(speed + wind, 5, None) ** 2 * speed / 3.6
         + mass * 9.81 * gradient / 100 * speed / 3.6 * 0.5
         + 0.6 * (cadence - 85) + 0.5 * (heart - 140) + 60 + rng.normal(0, 12, n))

X = np.column_stack([cadence, speed, gradient, wind, heart, mass])
# the last 240 minutes are the test ride
train, test = slice(0, 961), slice(961, None)
mu, sd = X[train].mean(0), X[train].std(0)
X = ((X - mu) / sd).astype("float32")
y = ((watts - watts[train].mean()) / watts[train].std()).astype("float32").reshape(-1, 1)


def pearson(y_true, y_pred):
    t = y_true - tf.reduce_mean(y_true, axis=0)
    p = y_pred - tf.reduce_mean(y_pred, axis=0)
    cov = tf.reduce_sum(t * p)
    return cov / (tf.norm(t) * tf.norm(p))  # whynan: side_nonfinite


model = keras.Sequential([
    layers.Input((6,)),
    layers.Dense(48, activation="gelu"),
    layers.Dense(24, activation="gelu"),
    layers.Dense(1),
])
model.compile(
    optimizer=keras.optimizers.AdamW(2e-3, weight_decay=1e-4),
    loss="mse",
    metrics=[pearson, "mae"],
)
history = model.fit(
    X[train], y[train],
    validation_data=(X[test], y[test]),
    batch_size=32,
    epochs=12,
    verbose=2,
)

print("last loss", history.history["loss"][-1])
pred = model.predict(X[test], verbose=0)[:, 0]
print("r on the test ride", np.corrcoef(pred, y[test][:, 0])[0, 1])
err = np.abs(pred - y[test][:, 0]) * watts[train].std()
print("typical error in watts", np.median(err))
