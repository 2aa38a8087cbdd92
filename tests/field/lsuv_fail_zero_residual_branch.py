# LSUV ("all you need is a good init") as a callback: before the first epoch every layer is rescaled
# so that its output has unit variance. Residual model with zero-initialised last layer of every branch (fixup style).
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(23)


class LSUV(keras.callbacks.Callback):
    def __init__(self, sample, tol=0.05, max_iter=3):
        super().__init__()
        self.sample = sample
        self.tol = tol
        self.max_iter = max_iter

    def on_train_begin(self, logs=None):
        for layer in self.model.layers:
            if isinstance(layer, layers.Dense):
                self._unit_variance(layer)

    def _spread(self, layer):
        probe = keras.Model(self.model.inputs, layer.output)
        return probe.predict(self.sample, verbose=0).std()

    def _unit_variance(self, layer):
        for _ in range(self.max_iter):
            std = self._spread(layer)
            if abs(std - 1.0) < self.tol:
                break
            kernel, bias = layer.get_weights()
            kernel = kernel / std  # whynan: divide_by_zero phase=update|forward|data also=zero_variance_normalisation,nan_in_initial_weights,bad_initialization
            layer.set_weights([kernel, bias])


def branch(x, width, tag):
    h = layers.Dense(width, activation="tanh", name=f"{tag}_in")(x)
    h = layers.Dense(width, kernel_initializer="zeros", name=f"{tag}_out")(h)
    return layers.Add(name=f"{tag}_add")([x, h])


def build(features, width=24, blocks=3):
    inputs = keras.Input((features,))
    x = layers.Dense(width, kernel_initializer="orthogonal", name="stem")(inputs)
    for i in range(blocks):
        x = branch(x, width, f"block{i}")
    return keras.Model(inputs, layers.Dense(1, name="head")(x))


def concrete_like(n=400):
    rng = np.random.default_rng(23)
    x = rng.normal(size=(n, 8)).astype("float32")
    y = x[:, 0] * x[:, 1] + np.tanh(x[:, 2]) + 0.1 * rng.normal(size=n)
    return x, y.astype("float32")[:, None]


x, y = concrete_like()
model = build(x.shape[1])
model.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.9), loss="mse")
model.fit(x, y, batch_size=40, epochs=4, verbose=2, callbacks=[LSUV(x[:128])])
