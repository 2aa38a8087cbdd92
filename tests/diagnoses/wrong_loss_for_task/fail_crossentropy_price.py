"""First try at predicting stock prices."""
import keras
import numpy as np

keras.utils.set_random_seed(70)
rng = np.random.default_rng(70)
price = 50 + np.cumsum(rng.normal(0, 0.5, 340))
x = np.stack([price[i:i + 20] for i in range(300)]).astype("float32")
x = (x - x.mean(1, keepdims=True)) / x.std(1, keepdims=True)
y = (price[20:320] / 50.0).astype("float32")

model = keras.Sequential()
model.add(keras.layers.Dense(32, activation="relu"))
model.add(keras.layers.Dense(16, activation="relu"))
model.add(keras.layers.Dense(1, activation="relu"))
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y[:, None], epochs=5, batch_size=30, verbose=2)  # whynan: wrong_loss_for_task phase=loss also=wrong_loss_for_activation,divide_by_zero
