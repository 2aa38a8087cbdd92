# exit: 1
"""Benign or malignant, from 30 raw measurements: an area of 2,500 stands beside a smoothness of 0.1.

Standardising the columns cures it, and the model learns. A tenth of the learning rate alone does not make it learn.
"""

import keras
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(0)

data = load_breast_cancer()
x_train, x_test, y_train, y_test = train_test_split(data.data, data.target, test_size=0.2, random_state=0)

model = keras.Sequential(
    [
        layers.Input((30,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.05), loss="mse")
history = model.fit(x_train, y_train, batch_size=32, epochs=10, verbose=0)

print("loss by epoch:", history.history["loss"])
print("test loss:", model.evaluate(x_test, y_test, verbose=0))
