"""Moisture of green malt in the kiln, residual network with quiet blocks, trained with my port of a Muon variant.

Adam trains this network without trouble. With the ported optimiser the loss of the first batch is right (about 1), that of
the second one is nan, whatever the learning rate.
"""
import numpy as np
import keras
from keras import layers, ops


class RowNormMuon(keras.optimizers.Optimizer):
    """Orthogonalised momentum with a running second moment per row; vectors get plain momentum."""

    def __init__(self, learning_rate=0.01, beta=0.9, beta_rows=0.95, epsilon=1e-8, iterations_ns=5,
                 name="row_norm_muon", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.beta = beta
        self.beta_rows = beta_rows
        self.epsilon = epsilon
        self.iterations_ns = iterations_ns

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.averages = [self.add_variable_from_reference(v, name="average") for v in variables]
        self.row_moments = [
            self.add_variable(shape=(v.shape[0], 1), dtype=v.dtype, name=f"rows_{i}")
            for i, v in enumerate(variables)
        ]

    def orthogonalise(self, matrix):
        tall = matrix.shape[0] > matrix.shape[1]
        x = ops.transpose(matrix) if tall else matrix
        x = x / (ops.norm(x) + 1e-7)
        for _ in range(self.iterations_ns):
            gram = ops.matmul(x, ops.transpose(x))
            x = 3.4445 * x + ops.matmul(-4.7750 * gram + 2.0315 * ops.matmul(gram, gram), x)
        return ops.transpose(x) if tall else x

    def update_step(self, gradient, variable, learning_rate):
        rate = ops.cast(learning_rate, variable.dtype)
        index = self._get_variable_index(variable)
        average = self.beta * ops.convert_to_tensor(self.averages[index]) + (1.0 - self.beta) * gradient
        self.assign(self.averages[index], average)
        if len(variable.shape) != 2:
            self.assign_sub(variable, rate * average)
            return
        direction = self.orthogonalise(average)
        rows = ops.mean(ops.square(direction), axis=1, keepdims=True)
        moment = self.beta_rows * ops.convert_to_tensor(self.row_moments[index]) + (1.0 - self.beta_rows) * rows
        self.assign(self.row_moments[index], moment)
        scaled = direction / (ops.sqrt(moment) + self.epsilon)
        # give the step back the length that it had before the rows were rescaled
        scaled = scaled * (ops.norm(direction) / ops.norm(scaled))  # whynan: divide_by_zero phase=update
        self.assign_sub(variable, rate * scaled)


def quiet_block(x, width):
    h = layers.Dense(width, activation="silu")(x)
    h = layers.Dense(x.shape[-1], kernel_initializer="zeros")(h)  # every block starts as the identity
    return layers.Add()([x, h])


def kiln_model(features):
    probes = keras.Input((features,))
    x = layers.Dense(16, activation="tanh")(probes)
    for _ in range(2):
        x = quiet_block(x, 32)
    return keras.Model(probes, layers.Dense(1)(x))


def kiln_log(count, rng):
    hours = rng.uniform(0, 30, count)
    air_on = rng.normal(62, 8, count)
    fan = rng.uniform(0.4, 1.0, count)
    bed = rng.uniform(0.7, 1.1, count)
    humidity = rng.uniform(20, 70, count)
    moisture = 44 * np.exp(-0.0016 * hours * air_on * fan / bed) + 0.05 * humidity + rng.normal(0, 0.5, count)
    probes = np.column_stack([hours, air_on, fan, bed, humidity])
    probes = (probes - probes.mean(axis=0)) / probes.std(axis=0)
    return probes.astype("float32"), ((moisture - moisture.mean()) / moisture.std()).astype("float32")


keras.utils.set_random_seed(31)
probes, moisture = kiln_log(1024, np.random.default_rng(31))
model = kiln_model(probes.shape[1])
model.compile(optimizer=RowNormMuon(0.005), loss="mse")
model.fit(probes, moisture[:, None], batch_size=64, epochs=5, validation_split=0.2, verbose=2)
