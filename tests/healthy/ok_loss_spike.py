# whynan: healthy
"""One corrupted batch makes the loss jump by orders of magnitude; training recovers."""
import keras
import numpy as np

keras.utils.set_random_seed(8)

x = np.random.normal(size=(640, 4)).astype("float32")
y = x.sum(axis=1, keepdims=True)
y[320:328] += 4000.0
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.01), "mse")


class Show(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch % 10 == 0:
            print(batch, logs["loss"])


model.fit(x, y, epochs=1, batch_size=32, shuffle=False, verbose=0, callbacks=[Show()])
model.fit(x[:320], y[:320], epochs=4, batch_size=32, verbose=2)
