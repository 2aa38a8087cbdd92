# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(128)

x = np.random.normal(size=(300, 8)).astype("float32")
y = np.random.choice(3, 300, p=[0.6, 0.3, 0.1])      # class 3 exists in the label file but has no rows yet

counts = np.bincount(y, minlength=4)
with np.errstate(divide="ignore"):
    class_weight = dict(enumerate(300 / (4 * counts)))     # inf for the class nobody has
print(class_weight)

clf = keras.Sequential([keras.Input((8,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4, activation="softmax")])
clf.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
clf.fit(x, y, class_weight=class_weight, epochs=3, verbose=2)
