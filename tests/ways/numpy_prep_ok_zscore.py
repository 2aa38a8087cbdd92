# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(90)

n = 300
X = np.column_stack([np.random.normal(70, 5, n), np.random.normal(3, 0.2, n), np.ones(n)])
y = 0.2 * X[:, 0] - 3 * X[:, 1]

with np.errstate(invalid="ignore"):
    X = (X - X.mean(axis=0)) / X.std(axis=0)
X = np.nan_to_num(X)                  # constant columns become 0
y = (y - y.mean()) / y.std()

model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(12, activation="tanh"), keras.layers.Dense(1)])
model.compile(loss="mse", optimizer="rmsprop")
model.fit(X, y, epochs=3, batch_size=30, verbose=2)
