# Land use from Sentinel-2 pixels: water, forest, crop, bare soil, town
# Exercise 3: write the activations yourself!
import numpy as np
import keras
from keras import ops
from keras.layers import Dense, Input
from keras.models import Sequential
from keras.utils import to_categorical
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)

bands = ["blue", "green", "red", "nir", "swir1", "swir2"]
names = ["water", "forest", "crop", "soil", "town"]
# typical digital numbers per band
spectra = np.array([
    [620, 540, 360, 210, 120, 90],
    [310, 520, 330, 3300, 1500, 680],
    [480, 850, 560, 4300, 2100, 1150],
    [1100, 1500, 1950, 2600, 3400, 2900],
    [1700, 1850, 1980, 2350, 2500, 2250],
])

labels = rng.integers(0, 5, size=2000)
brightness = rng.normal(1.0, 0.12, size=(2000, 1))
pixels = spectra[labels] * brightness + rng.normal(0, 60, size=(2000, 6))
pixels = np.clip(pixels, 1, 10000).astype("float32")
print(len(pixels), "pixels, bands:", bands)


def my_relu(z):
    return ops.maximum(z, 0.0)


def my_softmax(z):
    e = ops.exp(z)  # whynan: exp_overflow phase=forward also=unscaled_input
    return e / ops.sum(e, axis=-1, keepdims=True)


X_train, X_test, y_train, y_test = train_test_split(
    pixels, to_categorical(labels, 5), test_size=0.25, random_state=0)

model = Sequential()
model.add(Input((6,)))
model.add(Dense(32, activation=my_relu))
model.add(Dense(5, activation=my_softmax))
model.compile(loss="categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
model.fit(X_train, y_train, batch_size=32, epochs=5, verbose=2)

guess = model.predict(X_test, verbose=0).argmax(axis=1)
print(names)
print(confusion_matrix(y_test.argmax(axis=1), guess))
