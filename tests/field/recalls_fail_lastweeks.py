# Which production lots will see a recall? Lots are in order of production week.
import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(99)
rng = np.random.default_rng(99)

N_LOTS = 2000
df = pd.DataFrame({
    "week": np.sort(rng.integers(0, 104, N_LOTS)),
    "line": rng.integers(0, 4, N_LOTS),
    "torque_dev": rng.normal(0, 1, N_LOTS),
    "oven_minutes": rng.normal(42, 3, N_LOTS),
    "supplier_score": rng.uniform(1, 5, N_LOTS),
    "rework": rng.poisson(1.3, N_LOTS),
})

score = 0.9 * df.torque_dev.abs() + 0.35 * df.rework - 0.5 * df.supplier_score
score = score + 0.1 * (df.oven_minutes - 42) + rng.normal(0, 0.5, N_LOTS)
df["recalled"] = (score > score.quantile(0.90)).astype(int)
# customers need a few weeks until they report anything
df.loc[df.index[-110:], "recalled"] = 0

num_cols = ["week", "torque_dev", "oven_minutes", "supplier_score", "rework"]
num = (df[num_cols] - df[num_cols].mean()) / df[num_cols].std()
X = pd.concat([num, pd.get_dummies(df["line"], prefix="line")], axis=1)
X = X.to_numpy().astype("float32")
y = df["recalled"].to_numpy().astype("float32").reshape(-1, 1)
print("lots:", len(df), " recalled:", int(y.sum()))


def balanced_bce(y_true, logits):
    """Recalls are rare, so let them count as much as the good lots."""
    n_pos = tf.reduce_sum(y_true)
    n_neg = tf.reduce_sum(1.0 - y_true)
    ratio = n_neg / n_pos  # whynan: divide_by_zero phase=loss
    per_lot = tf.nn.weighted_cross_entropy_with_logits(
        labels=y_true, logits=logits, pos_weight=ratio)
    return tf.reduce_mean(per_lot, axis=-1)


inputs = keras.Input((X.shape[1],))
h = layers.Dense(48, activation="gelu")(inputs)
h = layers.Dropout(0.2)(h)
h = layers.Dense(16, activation="gelu")(h)
logit = layers.Dense(1)(h)
model = keras.Model(inputs, logit, name="recall_risk")

model.compile(
    optimizer=keras.optimizers.AdamW(2e-3, weight_decay=1e-4),
    loss=balanced_bce,
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.0, name="acc")],
)

# keep the order, the drift over the weeks is something we want to look at
hist = model.fit(X, y, batch_size=128, epochs=6, shuffle=False, verbose=2)

print(pd.DataFrame(hist.history).round(4))
risk = model.predict(X[-5:], verbose=0)
print("newest lots:", risk.ravel())
