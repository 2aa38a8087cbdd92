# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(123)


class RangeTest(keras.callbacks.Callback):
    def __init__(self, start=1e-5, factor=2.0):
        super().__init__()
        self.rate, self.factor, self.best = start, factor, float("inf")

    def on_train_batch_begin(self, batch, logs=None):
        self.model.optimizer.learning_rate = self.rate

    def on_train_batch_end(self, batch, logs=None):
        self.best = min(self.best, logs["loss"])
        if logs["loss"] > 4 * self.best:
            print("stop at", self.rate)
            self.model.stop_training = True
        self.rate *= self.factor


x = np.random.normal(size=(640, 10)).astype("float32")
y = (x @ np.random.normal(size=(10, 1))).astype("float32")
model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(32, activation="tanh"), keras.layers.Dense(1)])
model.compile("sgd", "mse")
start = model.get_weights()
model.fit(x, y, batch_size=16, epochs=1, verbose=0, callbacks=[RangeTest()])
model.set_weights(start)
model.compile(keras.optimizers.SGD(0.02), "mse")
model.fit(x, y, batch_size=16, epochs=2, verbose=2)
