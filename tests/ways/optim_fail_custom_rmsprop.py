import keras
import numpy as np
from keras import ops

keras.utils.set_random_seed(112)


class PlainRMS(keras.optimizers.Optimizer):
    """RMSprop as on the slide of the lecture."""

    def __init__(self, learning_rate=1e-3, rho=0.9, name="plain_rms"):
        super().__init__(learning_rate=learning_rate, name=name)
        self.rho = rho

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.squares = [self.add_variable_from_reference(v, name="sq") for v in variables]

    def update_step(self, gradient, variable, learning_rate):
        s = self.squares[self._get_variable_index(variable)]
        self.assign(s, self.rho * s + (1 - self.rho) * ops.square(gradient))
        self.assign_sub(variable, learning_rate * gradient / ops.sqrt(s))  # whynan: divide_by_zero phase=update


x = np.random.normal(size=(200, 5)).astype("float32")
x[:, 4] = 0.0                             # reserved
y = x[:, :1] ** 2
model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(12, activation="tanh"), keras.layers.Dense(1)])
model.compile(optimizer=PlainRMS(), loss="mae")
model.fit(x, y, epochs=2, batch_size=25, verbose=2)
