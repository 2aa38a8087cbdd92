# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(13)

table = np.random.normal(size=(256, 6)).astype("float32")
target = (table[:, 0] - table[:, 5]).astype("float32")
table[:, 2] = np.nan                 # "notes", exported as nan
table[:, 3] = np.log(np.zeros(256) + 1e-300) * np.inf   # -inf everywhere

inp = keras.Input((6,))
used = keras.layers.Lambda(lambda t: tf.gather(t, [0, 1, 4, 5], axis=1))(inp)
h = keras.layers.Dense(12, activation="relu")(used)
model = keras.Model(inp, keras.layers.Dense(1)(h))
model.compile("adam", "mse")
model.fit(table, target, epochs=4, verbose=2)
