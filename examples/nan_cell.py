# exit: 1
"""One cell of 160,000 is NaN. On a CPU the logged loss stays finite, near ln 10: a layer died and nothing says so."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

rng = np.random.default_rng(0)
x = rng.normal(size=(8000, 20)).astype("float32")
y = np.argmax(x @ rng.normal(size=(20, 10)), axis=1)
x[4711, 13] = np.nan

model = keras.Sequential(
    [
        layers.Input((20,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.001), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, batch_size=32, epochs=3, verbose=0)

print("loss by epoch:", history.history["loss"])
print("accuracy by epoch:", history.history["accuracy"])
