"""Learning-rate range test; forgot to stop it."""
import keras
import numpy as np

keras.utils.set_random_seed(123)


class RangeTest(keras.callbacks.Callback):
    def __init__(self, start=1e-5, factor=2.0):
        super().__init__()
        self.rate, self.factor, self.history = start, factor, []

    def on_train_batch_begin(self, batch, logs=None):
        self.model.optimizer.learning_rate = self.rate

    def on_train_batch_end(self, batch, logs=None):
        self.history.append((self.rate, logs["loss"]))
        self.rate *= self.factor


x = np.random.normal(size=(640, 10)).astype("float32")
y = (x @ np.random.normal(size=(10, 1))).astype("float32")
model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(1)])
model.compile("sgd", "mse")
finder = RangeTest()
model.fit(x, y, batch_size=16, epochs=1, verbose=0, callbacks=[finder])  # whynan: learning_rate_too_high phase=loss|forward|gradient|update also=exploding_gradient
for rate, loss in finder.history[::3]:
    print(f"{rate:.2e} {loss:.4g}")
