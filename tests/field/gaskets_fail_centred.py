# Leak rate of flange gaskets from bolt load, temperature, surface finish...
# Trying the optimizer from our old Torch project on the new Keras pipeline.
import numpy as np
import pandas as pd
import keras
from keras import ops

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)


class CentredRMS(keras.optimizers.Optimizer):
    """RMSprop that divides by the running standard deviation of the gradient."""

    def __init__(self, learning_rate=1e-3, rho=0.95, rho_mean=0.8,
                 epsilon=1e-7, name="centred_rms", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.rho = rho
        self.rho_mean = rho_mean
        self.epsilon = epsilon

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self._squares = [
            self.add_variable_from_reference(v, name="square") for v in variables
        ]
        self._means = [
            self.add_variable_from_reference(v, name="mean") for v in variables
        ]

    def update_step(self, gradient, variable, learning_rate):
        lr = ops.cast(learning_rate, variable.dtype)
        g = ops.cast(gradient, variable.dtype)
        i = self._get_variable_index(variable)
        sq, mu = self._squares[i], self._means[i]
        self.assign(sq, self.rho * sq + (1.0 - self.rho) * ops.square(g))
        self.assign(mu, self.rho_mean * mu + (1.0 - self.rho_mean) * g)
        sigma = ops.sqrt(sq - ops.square(mu) + self.epsilon)  # whynan: sqrt_of_negative phase=update
        self.assign_sub(variable, lr * g / sigma)


def load_tests(n=1500):
    df = pd.DataFrame({
        "bolt_load_kn": rng.normal(42, 6, n),
        "temperature_c": rng.uniform(20, 180, n),
        "roughness_um": rng.gamma(4, 0.8, n),
        "thickness_mm": rng.choice([1.0, 1.5, 2.0, 3.0], n),
        "cycles": rng.integers(0, 400, n),
        "graphite": rng.integers(0, 2, n),
    })
    df["log_leak"] = (
        3.4
        - 0.05 * (df.bolt_load_kn - 42)
        + 0.006 * (df.temperature_c - 100)
        + 0.25 * (df.roughness_um - 3.2)
        + 0.3 * df.thickness_mm
        + 0.001 * df.cycles
        - 0.7 * df.graphite
        + rng.normal(0, 0.2, n)
    )
    return df


df = load_tests()
y = df.pop("log_leak").to_numpy("float32")
X = df.to_numpy("float32")
X = (X - X.mean(axis=0)) / X.std(axis=0)

cut = 1200
model = keras.Sequential([
    keras.Input((X.shape[1],)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(1),
])
model.compile(optimizer=CentredRMS(learning_rate=2e-3), loss="mse", metrics=["mae"])
hist = model.fit(X[:cut], y[:cut], validation_data=(X[cut:], y[cut:]),
                 batch_size=50, epochs=6, verbose=2)
print("final mae", hist.history["mae"][-1])
