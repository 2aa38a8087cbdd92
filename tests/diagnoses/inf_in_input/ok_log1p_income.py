# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(21)
rng = np.random.default_rng(2)
income = rng.lognormal(10.2, 0.7, 300)
income[:5] = 0.0
raw_log = np.log(income)
print("lowest raw log income:", raw_log.min())
x = np.stack([np.log1p(income) / 10, rng.normal(size=300)], 1).astype("float32")
y = (x[:, 0] + 0.2 * x[:, 1] > 1).astype("float32")


class BestLoss(keras.callbacks.Callback):
    best = np.inf

    def on_epoch_end(self, epoch, logs=None):
        if logs["loss"] < self.best:
            print("improved from", self.best, "to", logs["loss"])
            self.best = logs["loss"]


model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, activation="elu"), keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y, epochs=4, batch_size=30, verbose=0, callbacks=[BestLoss()])
