"""Debiased click model: inverse propensity weights are packed into y, normalised inside of the loss."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(55)
rng = np.random.default_rng(55)

N, USERS, ITEMS, BATCH = 384, 40, 60, 32
users = rng.integers(0, USERS, N)
items = rng.integers(0, ITEMS, N)
click = (rng.uniform(size=N) < 0.3).astype("float32")
propensity = rng.uniform(0.2, 1.0, N)
ipw = (1.0 / propensity).astype("float32")
ipw[192:224] = 0.0  # traffic of a crawler (one session), must not count


class SessionLog(keras.utils.PyDataset):
    """keeps the sessions together"""

    def __len__(self):
        return N // BATCH

    def __getitem__(self, i):
        s = slice(i * BATCH, (i + 1) * BATCH)
        y = np.stack([click[s], ipw[s]], axis=1)
        return (users[s], items[s]), y


def self_normalised_ips(y_true, y_pred):
    label, weight = y_true[:, :1], y_true[:, 1]
    bce = keras.losses.binary_crossentropy(label, y_pred)
    weighted = tf.reduce_sum(bce * weight)
    return weighted / tf.reduce_sum(weight)  # whynan: zero_weight_sum phase=loss also=divide_by_zero


u_in = keras.Input((), dtype="int32")
i_in = keras.Input((), dtype="int32")
u = keras.layers.Embedding(USERS, 8)(u_in)
v = keras.layers.Embedding(ITEMS, 8)(i_in)
z = keras.layers.Concatenate()([u, v, keras.layers.Multiply()([u, v])])
z = keras.layers.Dense(16, activation="relu")(z)
model = keras.Model((u_in, i_in), keras.layers.Dense(1, activation="sigmoid")(z))
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss=self_normalised_ips)
model.fit(SessionLog(), epochs=2, verbose=2)
