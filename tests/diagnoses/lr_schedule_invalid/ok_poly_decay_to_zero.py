# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(59)
rng = np.random.default_rng(59)
x = rng.normal(size=(200, 6)).astype("float32")
y = np.abs(x[:, :1])


def poly(epoch, lr):
    return float(0.01 * np.power(max(0.0, 1.0 - epoch / 4), 0.9))


model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.01), "mae")
model.fit(x, y, epochs=6, batch_size=20, verbose=2, callbacks=[keras.callbacks.LearningRateScheduler(poly)])

decay = keras.optimizers.schedules.PolynomialDecay(0.01, decay_steps=15, end_learning_rate=0.0, power=0.5)
model.compile(keras.optimizers.Adam(decay), "mae")
model.fit(x, y, epochs=3, batch_size=20, verbose=2)
