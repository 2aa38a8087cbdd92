import keras
import numpy as np

keras.utils.set_random_seed(90)

n = 300
temperature = np.random.normal(70, 5, n)
pressure = np.random.normal(3, 0.2, n)
valve = np.ones(n)                             # always open in this campaign
X = np.column_stack([temperature, pressure, valve])
y = 0.2 * temperature - 3 * pressure

X = (X - X.mean(axis=0)) / X.std(axis=0)  # whynan: zero_variance_normalisation phase=data also=divide_by_zero,nan_in_input
y = (y - y.mean()) / y.std()

model = keras.Sequential()
model.add(keras.Input((3,)))
model.add(keras.layers.Dense(12, activation="tanh"))
model.add(keras.layers.Dense(1))
model.compile(loss="mse", optimizer="rmsprop")
model.fit(X, y, epochs=3, batch_size=30, verbose=2)
