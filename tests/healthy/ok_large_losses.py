# whynan: healthy
"""House prices in dollars: losses around 1e11 look wild but are simply squared dollars."""
import keras
import numpy as np

keras.utils.set_random_seed(19)

rooms = np.random.randint(1, 8, 400)
area = np.random.uniform(30, 250, 400)
x = np.stack([(rooms - 4) / 2, (area - 140) / 60], axis=1).astype("float32")
price = (40000 * rooms + 2500 * area + np.random.normal(0, 20000, 400)).astype("float32")

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(1)])
model.compile(keras.optimizers.RMSprop(1.0), "mse", metrics=["mae"])
model.fit(x, price, epochs=10, batch_size=20, verbose=2)
