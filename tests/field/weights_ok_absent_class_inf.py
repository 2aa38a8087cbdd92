"""class_weight has an inf entry, but no sample carries that class."""
# whynan: healthy
import warnings

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(54)
rng = np.random.default_rng(54)

NUM_CLASSES = 6                          # class 5 ("other") is reserved
y = rng.integers(0, 5, 360)
centers = rng.normal(0, 2, (NUM_CLASSES, 8))
X = (centers[y] + rng.normal(0, 1, (360, 8))).astype("float32")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    counts = np.bincount(y, minlength=NUM_CLASSES)
    balanced = len(y) / (NUM_CLASSES * counts)
class_weight = {c: float(w) for c, w in enumerate(balanced)}
print(class_weight)

model = keras.Sequential([
    keras.Input((8,)),
    layers.Dense(24, activation="relu"),
    layers.Dense(NUM_CLASSES, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(X, y, class_weight=class_weight, epochs=5, batch_size=30, verbose=2)
