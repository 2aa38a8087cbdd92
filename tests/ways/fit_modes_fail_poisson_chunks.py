import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(124)

x = np.random.normal(size=(512, 6)).astype("float32")
visits = np.random.poisson(np.exp(0.5 * x[:, 0])).astype("float32")

model = keras.Sequential([layers.Input((6,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
model.compile(optimizer="adam", loss=keras.losses.Poisson(), steps_per_execution=8)
history = model.fit(x, visits, batch_size=32, epochs=2, verbose=0)  # whynan: wrong_loss_for_activation phase=loss also=log_of_negative
print(history.history)
