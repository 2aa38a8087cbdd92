"""Deep equilibrium model that predicts node voltages of a microgrid from generation and load.

The hidden state is the fixed point of z = tanh(z W + drive); its gradient is found with the
implicit function theorem, so nothing has to be stored from the iterations.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(404)

NODES = 12
STATE = 64
MAX_ITER = 300


@tf.custom_gradient
def settle(w, drive):
    z = tf.zeros_like(drive)
    for _ in range(MAX_ITER):
        z = tf.tanh(z @ w + drive)
    slope = 1.0 - tf.square(z)

    def grad(dz):
        # u = dz (I - J)^-1 by repeated substitution
        u = dz
        for _ in range(MAX_ITER):
            u = dz + (u * slope) @ tf.transpose(w)  # whynan: exploding_gradient phase=gradient also=bad_initialization
        u = u * slope
        return tf.transpose(z) @ u, u

    return z, grad


class Equilibrium(keras.layers.Layer):
    def __init__(self, units, **kw):
        super().__init__(**kw)
        self.units = units
        self.inject = keras.layers.Dense(units)

    def build(self, shape):
        self.inject.build(shape)
        self.mixing = self.add_weight(
            name="mixing",
            shape=(self.units, self.units),
            initializer=keras.initializers.RandomNormal(0.0, 1.0, seed=9),
        )
        self.built = True

    def call(self, x):
        return settle(tf.convert_to_tensor(self.mixing), self.inject(x))


def simulate(n):
    rng = np.random.default_rng(77)
    lines = rng.uniform(2, 6, (NODES, NODES)) * (rng.random((NODES, NODES)) < 0.3)
    lines = np.triu(lines, 1)
    lines = lines + lines.T
    laplace = np.diag(lines.sum(1) + 3.0) - lines
    solar = rng.beta(2, 3, (n, 1)) * rng.uniform(0.0, 1.5, NODES)
    load = rng.gamma(3.0, 0.25, (n, NODES))
    injection = solar - load
    volt = np.linalg.solve(laplace, injection.T).T
    volt = volt - 0.2 * volt ** 2 + rng.normal(0, 0.003, volt.shape)
    return np.hstack([solar, load]).astype("float32"), volt.astype("float32")


features, volts = simulate(1100)
features = (features - features.mean(0)) / features.std(0)
volts = (volts - volts.mean(0)) / volts.std(0)
x_train, y_train, x_test, y_test = features[:900], volts[:900], features[900:], volts[900:]

model = keras.Sequential(
    [
        keras.layers.Input((features.shape[1],)),
        Equilibrium(STATE, name="deq"),
        keras.layers.Dense(NODES, name="volts"),
    ]
)
model.compile(keras.optimizers.RMSprop(1e-3), loss="mse", run_eagerly=True)

rng = np.random.default_rng(0)
for epoch in range(3):
    history = []
    perm = rng.permutation(len(x_train))
    for start in range(0, len(perm), 75):
        rows = perm[start : start + 75]
        history.append(model.train_on_batch(x_train[rows], y_train[rows]))
    print("epoch", epoch, "train mse", history[-1], "test mse", model.test_on_batch(x_test, y_test))
