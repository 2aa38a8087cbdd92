"""Own activation function in a small CNN (sign(x)*|x|^0.4, a softer square root).

The first batch has a loss of 2.3 as it should, the second is nan. Plotting the function shows
nothing special, it is defined everywhere.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(31)


def signed_power(x, exponent=0.4):
    magnitude = tf.pow(tf.abs(x), exponent)  # whynan: pow_grad_at_zero phase=gradient
    return tf.sign(x) * magnitude


grid = np.linspace(-2, 2, 9).astype("float32")
print(dict(zip(grid.tolist(), np.round(signed_power(grid).numpy(), 3).tolist())))

bunch = load_digits()
pictures = (bunch.images / 16.0).astype("float32")[..., None]
x_train, x_test, y_train, y_test = train_test_split(
    pictures, bunch.target, test_size=0.25, stratify=bunch.target, random_state=0
)

image = keras.Input((8, 8, 1))
net = layers.Conv2D(16, 3, padding="same", activation=signed_power)(image)
net = layers.Conv2D(24, 3, padding="same", activation="relu")(net)
net = layers.MaxPooling2D(2)(net)
net = layers.Flatten()(net)
net = layers.Dense(48, activation="relu")(net)
net = layers.Dropout(0.25)(net)
scores = layers.Dense(10, activation="softmax")(net)
cnn = keras.Model(image, scores)

cnn.compile(
    optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)


class ShowBatches(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch < 3:
            print("batch", batch, "loss so far", logs["loss"])


cnn.fit(x_train, y_train, batch_size=32, epochs=2, callbacks=[ShowBatches()], verbose=2)
print(cnn.evaluate(x_test, y_test, verbose=0))
