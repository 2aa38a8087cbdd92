"""Direction of tomorrow's copper price with an LSTM.

For trading only the direction counts, so the loss is the share of days on which forecast and truth have different
signs. There is no error and no nan, but loss and val_loss are the same in every epoch. I tried
rates from 1e-5 to 1. The pattern is easy (momentum), mse reaches 60 % hits without any effort.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(64)

LOOKBACK = 15


def daily_returns(days=900, seed=10):
    rng = np.random.default_rng(seed)
    returns = np.zeros(days)
    for day in range(1, days):
        returns[day] = 0.55 * returns[day - 1] + rng.normal(scale=0.01)
    return returns


def make_windows(returns):
    scaled = (returns / returns.std()).astype("float32")
    view = np.lib.stride_tricks.sliding_window_view(scaled, LOOKBACK + 1)
    return view[:, :-1, None].copy(), view[:, -1:].copy()


def wrong_direction(y_true, y_pred):
    agreement = tf.sign(y_true) * tf.sign(y_pred)
    return tf.reduce_mean(0.5 * (1.0 - agreement), axis=-1)  # whynan: unstable


def hit_rate(y_true, y_pred):
    return tf.reduce_mean(tf.cast(y_true * y_pred > 0.0, tf.float32), axis=-1)


class SmallForecaster:
    def __init__(self, units=16, rate=1e-2):
        self.model = keras.Sequential(
            [
                layers.Input((LOOKBACK, 1)),
                layers.LSTM(units),
                layers.Dense(1),
            ]
        )
        self.model.compile(optimizer=keras.optimizers.Adam(rate), loss=wrong_direction, metrics=[hit_rate])

    def train(self, x, y, epochs):
        cut = int(0.8 * len(x))
        callbacks = [
            keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=3),
        ]
        return self.model.fit(
            x[:cut],
            y[:cut],
            validation_data=(x[cut:], y[cut:]),
            batch_size=32,
            epochs=epochs,
            callbacks=callbacks,
            verbose=2,
        )


if __name__ == "__main__":
    x, y = make_windows(daily_returns())
    history = SmallForecaster().train(x, y, epochs=8).history
    print("losses:", history["loss"])
    print("hit rates:", history["val_hit_rate"])
