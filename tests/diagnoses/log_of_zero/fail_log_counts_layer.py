import numpy as np
import keras
from keras import layers, ops


class LogCounts(layers.Layer):
    """Word counts have a long tail, so work on their logarithm."""

    def call(self, counts):
        return ops.log(counts)  # whynan: log_of_zero phase=forward rows=44,53


def load_clicks(n=256, d=6, seed=3):
    rng = np.random.default_rng(seed)
    clicks = rng.poisson(30, size=(n, d)).astype("float32")
    clicks[44, 2] = 0.0
    clicks[53, 0] = 0.0
    target = np.log(clicks.sum(axis=1, keepdims=True))
    return clicks, target.astype("float32")


keras.utils.set_random_seed(3)
X, y = load_clicks()
model = keras.Sequential([
    keras.Input((6,)),
    LogCounts(),
    layers.Dense(16, activation="tanh"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
model.fit(X, y, batch_size=32, epochs=2, shuffle=False, verbose=2)
print("kernel norm:", np.linalg.norm(model.layers[-1].get_weights()[0]))
