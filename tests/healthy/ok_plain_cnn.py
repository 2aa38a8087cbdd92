# whynan: healthy
import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(42)
digits = load_digits()
x = (digits.images[:600, ..., None] / 16.0).astype("float32")
y = digits.target[:600]

inp = keras.Input((8, 8, 1))
h = layers.Conv2D(8, 3, padding="same", activation="relu")(inp)
h = layers.MaxPooling2D()(h)
h = layers.Conv2D(16, 3, activation="relu")(h)
h = layers.Flatten()(h)
out = layers.Dense(10, activation="softmax")(h)
model = keras.Model(inp, out)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=4, batch_size=30, verbose=2)
