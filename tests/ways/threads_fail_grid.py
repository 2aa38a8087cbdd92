import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(141)

x = np.random.uniform(-1, 1, size=(300, 6)).astype("float32")
y = (3 * x[:, 0] - x[:, 1] * x[:, 2]).astype("float32")


def build(units, rate):
    m = keras.Sequential([keras.Input((6,)), layers.Dense(units, activation="relu"), layers.Dense(units, activation="relu"), layers.Dense(1)])
    m.compile(keras.optimizers.SGD(rate), "mse")
    return m


scores = {}
for units in (8, 64):
    for rate in (0.01, 0.1, 1.0):
        history = build(units, rate).fit(x, y, batch_size=30, epochs=4, verbose=0)  # whynan: learning_rate_too_high phase=loss|forward|gradient|update also=exploding_gradient
        scores[units, rate] = history.history["loss"][-1]
for k, v in scores.items():
    print(k, v)
