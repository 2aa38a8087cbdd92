import numpy as np
from tensorflow import keras
from tensorflow.keras import layers, regularizers

keras.utils.set_random_seed(33)

x = np.random.randn(320, 8).astype("float32")
y = (x[:, 0] * x[:, 1] > 0).astype("float32")

# it overfits badly without a penalty
model = keras.Sequential([
    layers.Input((8,)),
    layers.Dense(32, activation="tanh", kernel_regularizer=regularizers.L2(25.0)),
    layers.Dense(32, activation="tanh", kernel_regularizer=regularizers.L2(25.0)),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1), loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, epochs=8, batch_size=32, verbose=0)  # whynan: regularization_too_large phase=loss|forward|update also=learning_rate_too_high,exploding_gradient
for e, l in enumerate(history.history["loss"]):
    print(f"epoch {e}: loss {l}")
