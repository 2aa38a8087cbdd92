"""Everything in half precision, with a hand-written instance normalisation."""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(100)
keras.config.set_dtype_policy("float16")


class InstanceNorm(layers.Layer):
    def __init__(self, epsilon=1e-8, **kw):
        super().__init__(**kw)
        self.epsilon = epsilon

    def call(self, x):
        mean = ops.mean(x, axis=1, keepdims=True)
        var = ops.mean(ops.square(x - mean), axis=1, keepdims=True)
        return (x - mean) / ops.sqrt(var + self.epsilon)  # whynan: float16_epsilon_underflow phase=forward rows=45 also=divide_by_zero,zero_variance_normalisation


x = np.random.normal(size=(96, 16, 2)).astype("float16")
x[45] = 0.25                     # sensor stuck
y = (x[:, :, 0].max(axis=1) > 1.5).astype("float16")

model = keras.Sequential([
    keras.Input((16, 2), dtype="float16"),
    InstanceNorm(),
    layers.Conv1D(6, 3, activation="tanh"),
    layers.Flatten(),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(keras.optimizers.SGD(0.05), "binary_crossentropy")
model.fit(x, y, epochs=2, batch_size=32, verbose=2)
