"""Glass eel counts at fyke nets. Kaggle-like setup, scored with RMSLE."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(50)
BATCH = 128
COLS = ["tide", "moon", "temp", "flow", "turbidity", "salinity", "wind_u", "wind_v",
        "night_h", "net_depth", "river_km", "oxygen"]


def synth(n):
    r = np.random.default_rng(50)
    z = r.normal(size=(n, len(COLS)))
    rate = np.exp(1.2 + 0.5 * z[:, 0] - 0.6 * z[:, 1] + 0.3 * z[:, 2] - 0.2 * z[:, 10])
    counts = r.poisson(rate * r.gamma(2.0, 0.5, size=n))
    return z.astype("float32"), counts.astype("float32").reshape(-1, 1)


def rmsle(y_true, y_pred):
    log_pred = tf.math.log(y_pred + 1.0)  # whynan: log_of_negative phase=loss also=wrong_loss_for_activation
    log_true = tf.math.log(y_true + 1.0)
    return tf.sqrt(tf.reduce_mean(tf.square(log_pred - log_true)))


features, counts = synth(2048)
order = np.random.permutation(len(features))
train_ids, test_ids = order[:1792], order[1792:]

model = keras.Sequential()
model.add(keras.layers.Input((len(COLS),)))
model.add(keras.layers.Dense(48, activation="tanh"))
model.add(keras.layers.Dense(32, activation="tanh"))
model.add(keras.layers.Dense(1))
model.compile(loss=rmsle, optimizer="adam")
model.summary()

for epoch in range(8):
    np.random.shuffle(train_ids)
    running = 0.0
    n_batches = len(train_ids) // BATCH
    for b in range(n_batches):
        sel = train_ids[b * BATCH:(b + 1) * BATCH]
        running = model.train_on_batch(features[sel], counts[sel])
    print("epoch", epoch + 1, "rmsle", float(running))

pred = model.predict(features[test_ids], verbose=0)
pred = np.clip(pred, 0, None)
score = np.sqrt(np.mean((np.log1p(pred) - np.log1p(counts[test_ids])) ** 2))
print("holdout rmsle", score)
print("naive rmsle  ", np.sqrt(np.mean((np.log1p(counts[train_ids].mean()) - np.log1p(counts[test_ids])) ** 2)))
