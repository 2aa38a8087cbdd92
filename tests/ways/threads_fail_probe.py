"""A linear probe is fitted on the features after every epoch."""
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(142)


class LinearProbe(keras.callbacks.Callback):
    def __init__(self, features, x, y):
        super().__init__()
        self.features, self.x, self.y = features, x, y

    def on_epoch_end(self, epoch, logs=None):
        f = self.features.predict(self.x, verbose=0)
        f = f / f.max(axis=0)  # whynan: divide_by_zero phase=data also=nan_in_input,zero_variance_normalisation
        probe = keras.Sequential([keras.Input((f.shape[1],)), layers.Dense(1, activation="sigmoid")])
        probe.compile("sgd", "binary_crossentropy")
        h = probe.fit(f, self.y, epochs=2, verbose=0)
        print("probe", epoch, h.history["loss"][-1])


x = np.random.normal(size=(200, 8)).astype("float32")
y = (x[:, 0] > 0).astype("float32")
inp = keras.Input((8,))
code = layers.Dense(24, activation="relu", bias_initializer=keras.initializers.Constant(-1.5))(inp)
ae = keras.Model(inp, layers.Dense(8)(code))
ae.compile("adam", "mse")
ae.fit(x, x, epochs=2, batch_size=40, verbose=2, callbacks=[LinearProbe(keras.Model(inp, code), x, y)])
