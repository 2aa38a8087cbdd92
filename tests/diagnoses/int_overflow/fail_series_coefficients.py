import keras
import numpy as np

keras.utils.set_random_seed(82)
TERMS = 70


class PowerSeries(keras.layers.Layer):
    """sum_k c_k x^k / k!  with learned c_k"""

    def build(self, shape):
        factorial = np.cumprod(np.arange(1, TERMS))
        self.scale = (1.0 / factorial).astype("float32")  # whynan: int_overflow phase=data|forward also=divide_by_zero,inf_in_input
        self.c = self.add_weight(shape=(TERMS - 1,), initializer="ones", name="c")

    def call(self, x):
        powers = keras.ops.power(x, np.arange(1, TERMS, dtype="float32"))
        return keras.ops.sum(self.c * self.scale * powers, axis=-1, keepdims=True)


rng = np.random.default_rng(82)
x = rng.uniform(0.0, 1.0, (160, 1)).astype("float32")
y = np.sin(2 * x) + 0.1
model = keras.Sequential([keras.Input((1,)), PowerSeries(), keras.layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.01), "mse")
history = model.fit(x, y, epochs=3, batch_size=20, verbose=0)
print(history.history["loss"])
