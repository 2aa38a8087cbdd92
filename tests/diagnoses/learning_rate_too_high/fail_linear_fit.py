"""Linear regression by gradient descent, following the lecture notes."""
import keras
import numpy as np

keras.utils.set_random_seed(0)

rng = np.random.default_rng(0)
X = rng.normal(size=(200, 10)).astype("float32")
true_w = rng.normal(size=(10, 1))
Y = (X @ true_w + 0.5 + 0.1 * rng.normal(size=(200, 1))).astype("float32")

model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=5.0), loss="mse")
history = model.fit(X, Y, batch_size=20, epochs=6, verbose=0)  # whynan: learning_rate_too_high phase=loss
for epoch, loss in enumerate(history.history["loss"]):
    print(f"epoch {epoch}: {loss:.5g}")
