"""LSTM for tomorrow's price change of one small company, seminar project. To be at least as good as the naive forecast
(tomorrow = today) I start the last layer at zero, so the network begins with "no change". Error is RMSE, as in the paper we
have to reproduce. The first batch shows a normal loss, the next one nan. Lower learning rates and clipnorm did nothing.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

# closing prices, the exchange quotes this share in steps of 10 cents
DAYS = 620
trend = 0.25 * np.sin(np.arange(DAYS) / 35.0)
close = np.round(14.2 + trend + np.cumsum(rng.normal(0.0, 0.06, DAYS)), 1)

LOOK_BACK = 20
SPLIT = 480

mean, std = close[:SPLIT].mean(), close[:SPLIT].std()
series = ((close - mean) / std).astype("float32")[:, None]
change = np.diff(close).astype("float32")[:, None]      # close[t+1] - close[t]


def windows(first, last, shuffle):
    return keras.utils.timeseries_dataset_from_array(
        series[first:last],
        change[first + LOOK_BACK - 1:last - 1],
        sequence_length=LOOK_BACK,
        batch_size=32,
        shuffle=shuffle,
        seed=31,
    )


train_ds = windows(0, SPLIT, True)
val_ds = windows(SPLIT, DAYS, False)


def rmse(y_true, y_pred):
    mse = tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)
    return tf.sqrt(mse)  # whynan: sqrt_grad_at_zero phase=gradient


inputs = keras.Input((LOOK_BACK, 1))
x = layers.LSTM(16)(inputs)
x = layers.Dense(8, activation="tanh")(x)
outputs = layers.Dense(1, kernel_initializer="zeros", bias_initializer="zeros")(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(5e-4, clipnorm=1.0), loss=rmse)

print("naive forecast, RMSE:", float(np.sqrt((change[SPLIT:] ** 2).mean())))
model.fit(train_ds, validation_data=val_ds, epochs=4, verbose=2)
