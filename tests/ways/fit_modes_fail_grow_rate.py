"""Train in stages; each stage was supposed to use a tenth of the rate."""
import keras
import numpy as np

keras.utils.set_random_seed(126)

x = np.random.normal(size=(200, 5)).astype("float32")
y = np.abs(x).sum(axis=1)
model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(1)])

rate = 1e-3
for stage in range(5):
    model.compile(optimizer=keras.optimizers.SGD(rate), loss="mse")
    h = model.fit(x, y, epochs=3, batch_size=20, verbose=0)  # whynan: learning_rate_too_high phase=loss|forward|gradient|update also=exploding_gradient
    print(stage, rate, h.history["loss"])
    rate /= 0.1
