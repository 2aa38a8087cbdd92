# exit: 0 unstable
"""Adam divides by the size of the gradient, so raw values in the thousands stay finite; the loss barely falls."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

x = np.array([[1000.0], [-1000.0], [10000.0], [-10000.0]], dtype="float32")
y = x.copy()

model = keras.Sequential(
    [
        layers.Input((1,)),
        layers.Dense(4, activation="relu"),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mse")
history = model.fit(x, y, batch_size=4, epochs=10, verbose=0)

print("loss by epoch:", history.history["loss"])
print("prediction:", model.predict(x, verbose=0).ravel())
