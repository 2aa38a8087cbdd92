"""Diabetes progression with adjusted R squared as a metric.

adjusted_r2 is -inf in every epoch while loss goes down and val_adjusted_r2 looks perfectly
reasonable. Is my training broken?
"""
# whynan: side_nonfinite
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(442)

x, y = load_diabetes(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, random_state=442)
x_scaler, y_scaler = StandardScaler(), StandardScaler()
x_train = x_scaler.fit_transform(x_train)
x_test = x_scaler.transform(x_test)
y_train = y_scaler.fit_transform(y_train.reshape(-1, 1)).ravel()
y_test = y_scaler.transform(y_test.reshape(-1, 1)).ravel()
print(x_train.shape, x_test.shape)

N_PREDICTORS = x_train.shape[1]


def adjusted_r2(y_true, y_pred):
    t = tf.reshape(y_true, [-1])
    p = tf.reshape(y_pred, [-1])
    n = tf.cast(tf.shape(t)[0], tf.float32)
    residual = tf.reduce_sum(tf.square(t - p))
    total = tf.reduce_sum(tf.square(t - tf.reduce_mean(t)))
    r2 = 1.0 - residual / total
    return 1.0 - (1.0 - r2) * (n - 1.0) / (n - N_PREDICTORS - 1.0)


model = keras.Sequential(
    [
        keras.Input((N_PREDICTORS,)),
        layers.Dense(24, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-3)),
        layers.Dense(12, activation="relu"),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae", adjusted_r2])
history = model.fit(
    x_train, y_train, validation_data=(x_test, y_test), epochs=20, batch_size=32, verbose=2
)

print("loss", history.history["loss"][0], "->", history.history["loss"][-1])
pred = y_scaler.inverse_transform(model.predict(x_test, verbose=0)).ravel()
truth = y_scaler.inverse_transform(y_test.reshape(-1, 1)).ravel()
print("test error:", np.mean(np.abs(pred - truth)))
