"""val_r2 is -inf in every epoch! Is my network broken? (val set has 129 rows, the last batch is a single row)"""
# whynan: side_nonfinite
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(29)
rng = np.random.default_rng(29)


def r2(y_true, y_pred):
    ss_res = tf.reduce_sum(tf.square(y_true - y_pred))
    ss_tot = tf.reduce_sum(tf.square(y_true - tf.reduce_mean(y_true)))
    return 1.0 - ss_res / ss_tot


def log_cosh(y_true, y_pred):
    e = y_pred - y_true
    # stable: |e| + log(1+exp(-2|e|)) - log 2
    a = tf.abs(e)
    return tf.reduce_mean(a + tf.math.softplus(-2.0 * a) - np.log(2.0), axis=-1)


X = rng.normal(size=(640 + 129, 5)).astype("float32")
y = (np.sin(X[:, :1]) + 0.5 * X[:, 1:2] * X[:, 2:3] + 0.1 * rng.normal(size=(769, 1))).astype("float32")

inputs = keras.Input((5,))
h = keras.layers.Dense(32, activation="relu")(inputs)
h = keras.layers.Dense(32, activation="relu")(h)
model = keras.Model(inputs, keras.layers.Dense(1)(h))
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=log_cosh, metrics=[r2])
model.fit(
    X[:640],
    y[:640],
    validation_data=(X[640:], y[640:]),
    batch_size=32,
    epochs=5,
    verbose=2,
)
