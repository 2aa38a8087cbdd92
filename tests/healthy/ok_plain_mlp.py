# whynan: healthy
import numpy as np
from sklearn.datasets import load_iris
from sklearn.preprocessing import StandardScaler
from tensorflow import keras

keras.utils.set_random_seed(41)
x, y = load_iris(return_X_y=True)
x = StandardScaler().fit_transform(x)
order = np.random.permutation(len(x))

model = keras.Sequential([
    keras.layers.Input((4,)),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dropout(0.1),
    keras.layers.Dense(3, activation="softmax"),
])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x[order], y[order], epochs=6, batch_size=16, validation_split=0.2, verbose=2)
