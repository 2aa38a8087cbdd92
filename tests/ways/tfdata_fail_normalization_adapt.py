import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(86)

weather = np.random.normal([12.0, 1013.0, 60.0], [6.0, 9.0, 15.0], size=(300, 3)).astype("float32")
weather[211, 1] = np.nan  # whynan: nan_in_input phase=data also=nan_in_initial_weights
rain = (weather[:, 2] > 65).astype("float32")

norm = layers.Normalization()
norm.adapt(weather)

model = keras.Sequential([keras.Input((3,)), norm, layers.Dense(16, activation="elu"), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
ds = tf.data.Dataset.from_tensor_slices((weather, rain)).shuffle(300, seed=0).batch(50)
model.fit(ds, epochs=2, verbose=2)
