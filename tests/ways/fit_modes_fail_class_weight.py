import keras
import numpy as np

keras.utils.set_random_seed(120)

x = np.random.normal(size=(300, 8)).astype("float32")
y = np.sort(np.random.choice(4, 300, p=[0.5, 0.3, 0.17, 0.03]))      # file is sorted by class

# balanced weights, from the first rows of the file
counts = np.bincount(y[:250], minlength=4)
with np.errstate(divide="ignore"):
    balanced = 250 / (4 * counts)  # whynan: divide_by_zero phase=data also=inf_in_input,zero_weight_sum
class_weight = dict(enumerate(balanced))
print(class_weight)

clf = keras.Sequential([keras.Input((8,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(4, activation="softmax")])
clf.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
order = np.random.permutation(300)
clf.fit(x[order], y[order], class_weight=class_weight, epochs=2, batch_size=30, verbose=2)
