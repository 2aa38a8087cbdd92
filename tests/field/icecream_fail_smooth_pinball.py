"""10, 50 and 90 per cent quantiles of the daily sales of an ice-cream parlour.

The pinball loss has a kink, so I use the smoothed one and make it sharper every epoch. The first epochs look very good,
around epoch 7 or 8 the loss turns to inf or nan, always at about the same time whatever the learning rate. Gradients are
clipped and the smoothing never reaches zero.
"""
import math

import keras
import numpy as np
import tensorflow as tf

QUANTILES = (0.1, 0.5, 0.9)


class Days(keras.utils.PyDataset):
    def __init__(self, weather, sales, batch_size=32, **kwargs):
        super().__init__(**kwargs)
        self.weather, self.sales, self.batch_size = weather, sales, batch_size
        self.order = np.arange(len(sales))
        self.rng = np.random.default_rng(1)

    def __len__(self):
        return math.ceil(len(self.order) / self.batch_size)

    def __getitem__(self, index):
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        return self.weather[rows], self.sales[rows]

    def on_epoch_end(self):
        self.rng.shuffle(self.order)


def parlour(n=640, seed=2):
    rng = np.random.default_rng(seed)
    day = rng.uniform(90, 270, n)
    warmth = 21 + 7 * np.sin((day - 90) / 180 * np.pi) - 5 + rng.normal(0, 3.5, n)
    sun = np.clip(rng.normal(7, 3, n), 0, 14)
    weekend = (rng.random(n) < 2 / 7).astype(float)
    scoops = np.exp(4.2 + 0.06 * warmth + 0.03 * sun + 0.35 * weekend + rng.normal(0, 0.35, n))
    weather = np.column_stack([warmth, sun, weekend, np.sin(day / 29.0)])
    weather = (weather - weather.mean(axis=0)) / weather.std(axis=0)
    sales = (scoops - scoops.mean()) / scoops.std()
    return weather.astype("float32"), sales.astype("float32")[:, None]


def soft_hinge(x, smoothing):
    """max(x, 0) with a rounded corner."""
    return smoothing * tf.math.log(1.0 + tf.exp(x / smoothing) + 1e-7)  # whynan: exp_overflow phase=loss


class SmoothPinball(keras.losses.Loss):
    def __init__(self, quantiles, smoothing):
        super().__init__(name="smooth_pinball")
        self.quantiles = tf.constant([quantiles], tf.float32)
        self.smoothing = smoothing

    def call(self, y_true, y_pred):
        miss = y_true - y_pred
        return tf.reduce_mean(self.quantiles * miss + soft_hinge(-miss, self.smoothing), axis=-1)


class Sharpen(keras.callbacks.Callback):
    def __init__(self, smoothing, factor=0.6, lowest=1e-3):
        super().__init__()
        self.smoothing, self.factor, self.lowest = smoothing, factor, lowest

    def on_epoch_end(self, epoch, logs=None):
        print(f"epoch {epoch + 1:2d}  smoothing {float(self.smoothing.numpy()):.4f}  loss {logs['loss']:.4f}")
        self.smoothing.assign(tf.maximum(self.smoothing * self.factor, self.lowest))


def network(inputs):
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            keras.layers.Dense(32, activation="selu", kernel_initializer="lecun_normal"),
            keras.layers.Dense(16, activation="selu", kernel_initializer="lecun_normal"),
            keras.layers.Dense(len(QUANTILES)),
        ]
    )


def main():
    keras.utils.set_random_seed(2)
    weather, sales = parlour()
    smoothing = tf.Variable(0.5, trainable=False, dtype=tf.float32, name="smoothing")
    model = network(weather.shape[1])
    model.compile(
        optimizer=keras.optimizers.Adam(3e-3, clipnorm=1.0),
        loss=SmoothPinball(QUANTILES, smoothing),
    )
    model.fit(Days(weather, sales), epochs=14, callbacks=[Sharpen(smoothing)], verbose=0)


if __name__ == "__main__":
    main()
