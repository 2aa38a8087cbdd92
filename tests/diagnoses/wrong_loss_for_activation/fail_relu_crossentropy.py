"""Flower classifier, last layer taken over from a regression script."""
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_iris
from sklearn.preprocessing import StandardScaler
from tensorflow import keras
from tensorflow.keras.layers import Dense, Dropout

keras.utils.set_random_seed(3)
X, y = load_iris(return_X_y=True)
X = StandardScaler().fit_transform(X).astype("float32")
Y = keras.utils.to_categorical(y, 3)

model = keras.Sequential()
model.add(keras.Input((4,)))
model.add(Dense(16, activation="relu"))
model.add(Dropout(0.2))
model.add(Dense(3, activation="relu"))
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(X, Y, epochs=3, batch_size=30, verbose=2)  # whynan: wrong_loss_for_activation phase=loss also=divide_by_zero
print(model.predict(X[:3], verbose=0))
