"""Greyhound race times with the general robust loss (Barron, CVPR 2019).

The shape parameter is annealed during training: start nearly quadratic, end
close to Geman-McClure so that bumped dogs stop mattering.
"""
import keras
import numpy as np
import tensorflow as tf
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(480)


class GeneralRobustLoss(keras.losses.Loss):
    def __init__(self, scale=0.5, name="robust"):
        super().__init__(name=name)
        self.scale = scale
        self.shape = tf.Variable(1.5, trainable=False, dtype=tf.float32)

    def call(self, y_true, y_pred):
        z2 = tf.square((y_true - y_pred) / self.scale)
        b = tf.abs(self.shape - 2.0)
        rho = (b / self.shape) * (tf.pow(z2 / b + 1.0, 0.5 * self.shape) - 1.0)  # whynan: divide_by_zero phase=loss
        return tf.reduce_mean(rho, axis=-1)


class Anneal(keras.callbacks.Callback):
    """Moves the shape parameter along a fixed list, one value per epoch."""

    def __init__(self, loss, values):
        super().__init__()
        self.loss = loss
        self.values = values

    def on_epoch_begin(self, epoch, logs=None):
        i = min(epoch, len(self.values) - 1)
        self.loss.shape.assign(float(self.values[i]))


def race_card(n, rng):
    trap = rng.integers(1, 7, n)
    weight = rng.normal(31.5, 1.8, n)
    age = rng.uniform(1.5, 5.0, n)
    going = rng.normal(0, 0.2, n)
    best = rng.normal(29.4, 0.35, n)
    rest_days = rng.integers(3, 30, n)
    time = best + going + 0.03 * (trap - 3.5) ** 2 + 0.08 * (age - 2.8) ** 2
    time += 0.002 * rest_days + rng.normal(0, 0.1, n)
    bumped = rng.random(n) < 0.06
    time[bumped] += rng.uniform(1.0, 4.0, bumped.sum())
    X = np.column_stack([trap, weight, age, going, best, rest_days])
    return X.astype("float32"), time.astype("float32")


def main():
    rng = np.random.default_rng(480)
    X, t = race_card(2400, rng)
    X = StandardScaler().fit_transform(X).astype("float32")
    y = ((t - np.median(t)) / 0.5).astype("float32")[:, None]

    model = keras.Sequential([
        keras.layers.Input((6,)),
        keras.layers.Dense(40, activation="silu"),
        keras.layers.Dense(20, activation="silu"),
        keras.layers.Dense(1),
    ])
    loss = GeneralRobustLoss()
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=loss, metrics=["mae"])
    model.fit(
        X, y,
        epochs=8,
        batch_size=100,
        validation_split=0.25,
        callbacks=[Anneal(loss, np.linspace(1.5, -2.0, 8))],
        verbose=2,
    )
    print("median |error| in seconds:",
          0.5 * float(np.median(np.abs(model.predict(X, verbose=0) - y))))


if __name__ == "__main__":
    main()
