import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(2024)


def compositions(n, seed):
    """Random ABX3 mixes: site fractions, mean radii, electronegativities -> band gap (eV)."""
    rng = np.random.default_rng(seed)
    a = rng.dirichlet([2.0, 1.0, 0.6], n)           # MA, FA, Cs
    b = rng.dirichlet([3.0, 1.0], n)                # Pb, Sn
    x = rng.dirichlet([2.0, 1.5, 0.7], n)           # I, Br, Cl
    r_a = a @ np.array([2.17, 2.53, 1.67])
    r_b = b @ np.array([1.19, 1.12])
    r_x = x @ np.array([2.20, 1.96, 1.81])
    chi = x @ np.array([2.66, 2.96, 3.16])
    tolerance = (r_a + r_x) / (np.sqrt(2) * (r_b + r_x))
    octahedral = r_b / r_x
    ann = rng.normal(100, 15, n)
    hum = rng.uniform(0, 40, n)
    gap = x @ np.array([1.55, 2.3, 3.0]) - 0.45 * b[:, 1] * b[:, 0] * 4 - 0.15 * b[:, 1]
    gap = gap + 0.8 * (tolerance - 0.95) + rng.normal(0, 0.04, n)
    feats = np.column_stack([a, b, x, r_a, r_b, r_x, chi, tolerance, octahedral, ann, hum])
    return feats, gap


def he_init(fan_in):
    return keras.initializers.RandomNormal(stddev=np.sqrt(2.0 * fan_in))


class Block(layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.up = layers.Dense(width, activation="relu", kernel_initializer=he_init(width))
        self.down = layers.Dense(width, kernel_initializer=he_init(width))

    def call(self, x):
        h = self.up(x)  # whynan: bad_initialization phase=forward
        h = self.down(h)
        return x + h


class Trunk(keras.Model):
    def __init__(self, n_in, width, depth):
        super().__init__()
        self.stem = layers.Dense(width, kernel_initializer=he_init(n_in))
        self.blocks = [Block(width) for _ in range(depth)]

    def call(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return x


class GapRegressor(keras.Model):
    def __init__(self, n_in, width=64, depth=3):
        super().__init__()
        self.trunk = Trunk(n_in, width, depth)
        self.readout = layers.Dense(1, kernel_initializer=he_init(width))

    def call(self, x):
        return self.readout(self.trunk(x))


X, gap = compositions(1024, seed=0)
X_val, gap_val = compositions(256, seed=1)
mu, sd = X.mean(axis=0), X.std(axis=0)
X, X_val = (X - mu) / sd, (X_val - mu) / sd
y_mu, y_sd = gap.mean(), gap.std()

net = GapRegressor(X.shape[1])
net.compile(
    optimizer=keras.optimizers.SGD(1e-3, momentum=0.9),
    loss="mse",
    jit_compile=True,
    steps_per_execution=8,
)
net.fit(X.astype("float32"), ((gap - y_mu) / y_sd).astype("float32"), batch_size=64, epochs=6, verbose=2)

val = net.predict(X_val.astype("float32"), batch_size=64, verbose=0)[:, 0] * y_sd + y_mu
print("validation MAE (eV):", np.abs(val - gap_val).mean())
