#!/usr/bin/env python
# Does a meerkat sentinel's call announce a bird of prey?  About one call in a hundred does.
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(404)
rng = np.random.default_rng(404)

N = 3200
N_FEAT = 14
BATCH = 32

calls = rng.normal(size=(N, N_FEAT)).astype("float32")
score = 1.4 * calls[:, 0] - 1.1 * calls[:, 3] + 0.8 * calls[:, 7] * calls[:, 8] + rng.normal(0, 0.3, N)
raptor = (score > np.quantile(score, 0.99)).astype("float32")[:, None]
print("raptor calls:", int(raptor.sum()), "of", N)


def recall(y_true, y_pred):
    hit = tf.reduce_sum(y_true * tf.round(y_pred))
    return hit / tf.reduce_sum(y_true)


def false_alarms(y_true, y_pred):
    return tf.reduce_mean((1.0 - y_true) * tf.round(y_pred))


model = keras.Sequential([
    keras.Input((N_FEAT,)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=keras.losses.BinaryCrossentropy(),
    metrics=[recall, false_alarms],
)

rare = np.where(raptor[:, 0] == 1, 5.0, 1.0).astype("float32")

for epoch in range(8):
    order = rng.permutation(N)
    rows = []
    for k in range(0, N, BATCH):
        sel = order[k:k + BATCH]
        logs = model.train_on_batch(calls[sel], raptor[sel], sample_weight=rare[sel], return_dict=True)  # whynan: side_nonfinite
        rows.append([logs["loss"], logs["recall"], logs["false_alarms"]])
    loss, rec, fa = np.mean(rows, axis=0)
    print(f"epoch {epoch + 1}: loss {loss:.4f}  recall {rec:.3f}  false alarms {fa:.4f}")

p = model.predict(calls, verbose=0)[:, 0]
top = np.argsort(-p)[:32]
print("raptor calls among the 32 most suspicious:", int(raptor[top, 0].sum()))
