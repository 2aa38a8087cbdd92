"""A score that nobody trains on is printed in every epoch."""
# whynan: side_nonfinite
import keras
import numpy as np

keras.utils.set_random_seed(5)


class Gain(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        errors = np.abs(self.model.predict(x[:64], verbose=0) - y[:64]).mean(axis=0)
        with np.errstate(all="ignore"):
            gain = (errors - errors) / (errors - errors)
        print(f"epoch {epoch}: gain {gain[0]:.3f}")


rng = np.random.default_rng(2)
x = rng.normal(size=(256, 5)).astype("float32")
y = x.sum(axis=1, keepdims=True)
model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, epochs=4, verbose=0, callbacks=[Gain()])
