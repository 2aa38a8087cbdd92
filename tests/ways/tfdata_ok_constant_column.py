# whynan: healthy
"""A constant column is no problem for the Normalization layer: it keeps an epsilon."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(88)

x = np.random.normal([12.0, 1013.0, 60.0], [6.0, 9.0, 15.0], size=(300, 3)).astype("float32")
x[:, 1] = 1013.25
y = (x[:, 2] > 65).astype("float32")

norm = layers.Normalization()
norm.adapt(tf.data.Dataset.from_tensor_slices(x).batch(64))
print("variance", norm.variance.numpy().ravel())

model = keras.Sequential([keras.Input((3,)), norm, layers.Dense(16, activation="elu"), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(50), epochs=3, verbose=2)
