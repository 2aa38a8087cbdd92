# whynan: unstable
# accuracy stays at 50 % whatever I do; no NaN, loss is 0.693 forever
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(29)


def raw_counts(n=800):
    """accelerometer counts around mid scale of a 16 bit converter"""
    rng = np.random.default_rng(6)
    fault = rng.integers(0, 2, n)
    x = 32768 + 40 * rng.normal(size=(n, 6))
    x[:, :3] += 60 * (2 * fault[:, None] - 1)
    return x.astype("float32"), fault.astype("float32")


def build(d):
    return keras.Sequential([
        keras.Input((d,)),
        layers.Dense(12, activation="sigmoid"),
        layers.Dense(12, activation="sigmoid"),
        layers.Dense(1, activation="sigmoid"),
    ])


x, y = raw_counts()
model = build(x.shape[1])
model.compile(optimizer=keras.optimizers.SGD(0.1), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=40, epochs=12, validation_split=0.2, verbose=2)
