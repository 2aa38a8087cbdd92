"""Will it rain tomorrow? Six winters of the school's roof station."""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers
from sklearn.metrics import accuracy_score, roc_auc_score

SEED = 101
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)


def station_record(days):
    weather = rng.normal(0, 1, days)
    for d in range(1, days):
        weather[d] += 0.6 * weather[d - 1]
    pressure = 101_325 + 750 * weather + rng.normal(0, 120, days)
    temp = 279.0 - 1.5 * weather + rng.normal(0, 4, days)
    spread = np.clip(3.5 + 1.5 * weather + rng.normal(0, 1.0, days), 0.1, None)
    wind_dir = rng.uniform(0, 2 * np.pi, days)
    odds = -1.0 - 2.2 * weather - 0.8 * np.sin(wind_dir)
    rain = rng.random(days) < 1 / (1 + np.exp(-odds))
    return pd.DataFrame({
        "pressure_pa": pressure,
        "temp_k": temp,
        "dewpoint_k": temp - spread,
        "wind_ns": np.cos(wind_dir),
        "wind_ew": -np.sin(wind_dir),
        "rain": rain.astype("float32"),
    })


record = station_record(2100)
print(record.describe().round(2).to_string())
print("correlation with rain:")
print(record.corr()["rain"].round(2).to_string())

columns = ["pressure_pa", "temp_k", "dewpoint_k", "wind_ns", "wind_ew"]
X = record[columns].to_numpy("float32")
y = record["rain"].to_numpy("float32")
X_train, y_train = X[:1700], y[:1700]
X_test, y_test = X[1700:], y[1700:]

net = keras.Sequential([
    keras.Input((len(columns),)),
    layers.Dense(12, activation="sigmoid"),  # whynan: unstable
    layers.Dense(1),
])
bce = keras.losses.BinaryCrossentropy(from_logits=True)
optimizer = keras.optimizers.Adam(0.01)

for epoch in range(20):
    order = rng.permutation(len(X_train))
    losses = []
    for start in range(0, len(order), 100):
        rows = order[start:start + 100]
        with tf.GradientTape() as tape:
            logit = net(X_train[rows], training=True)
            loss = bce(y_train[rows, None], logit)
        grads = tape.gradient(loss, net.trainable_variables)
        optimizer.apply_gradients(zip(grads, net.trainable_variables))
        losses.append(float(loss))
    p = tf.sigmoid(net(X_test)).numpy().ravel()
    print(
        f"epoch {epoch + 1:2d}  loss {np.mean(losses):.4f}  "
        f"acc {accuracy_score(y_test, p > 0.5):.3f}  auc {roc_auc_score(y_test, p):.3f}"
    )

print("chance of rain, first test days:", np.round(p[:8], 3))
print("from", p.min(), "to", p.max(), " share of rainy days", y_train.mean())
