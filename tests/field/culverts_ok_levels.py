"""Surrogate for the polder model: water levels in a chain of ditches joined by culverts.

Rain history -> level in each ditch one hour later. On top of the data term we ask the net
to respect the mass balance of every ditch, flow through a culvert goes with the root of the
head difference and can run in both directions.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(1953)

DITCHES = 9
LAGS = 12
AREA = 420.0          # m2 of open water in one ditch
CD_A = 0.03           # discharge coefficient times section of the pipe
G = 9.81
SUBSTEPS = 15
DT = 3600.0 / SUBSTEPS


def simulate(hours, rng):
    """Explicit run of the chain with a pump at the last ditch, one record per hour."""
    level = np.full(DITCHES, 0.4)
    rain = rng.gamma(0.25, 0.0016, hours)
    catchment = rng.uniform(0.6, 1.6, DITCHES)
    levels = np.zeros((hours, DITCHES))
    for k in range(hours):
        for _ in range(SUBSTEPS):
            dh = level[:-1] - level[1:]
            q = CD_A * np.sign(dh) * np.sqrt(2 * G * np.abs(dh))
            change = rain[k] / SUBSTEPS * catchment
            change[:-1] -= q * DT / AREA
            change[1:] += q * DT / AREA
            change[-1] -= 0.0005 * (level[-1] > 0.3)
            level = np.maximum(level + change, 0.02)
        levels[k] = level
    return rain, levels


def table(rain, levels):
    x, now, nxt = [], [], []
    for k in range(LAGS, len(rain) - 1):
        x.append(np.concatenate([rain[k - LAGS + 1:k + 2] / 0.001, levels[k]]))
        now.append(levels[k])
        nxt.append(levels[k + 1])
    return np.array(x, "float32"), np.array(now, "float32"), np.array(nxt, "float32")


class PolderNet(keras.Model):
    def __init__(self, features, balance_weight=0.05):
        super().__init__()
        self.balance_weight = balance_weight
        self.body = keras.Sequential([
            keras.Input((features,)),
            keras.layers.Dense(48, activation="tanh"),
            keras.layers.Dense(48, activation="tanh"),
            keras.layers.Dense(DITCHES),
        ])

    def call(self, x):
        return self.body(x)

    def culvert(self, dh):
        return CD_A * tf.where(dh >= 0.0, tf.sqrt(2 * G * dh), -tf.sqrt(-2 * G * dh))  # whynan: healthy

    def train_step(self, data):
        (x, now), target = data
        with tf.GradientTape() as tape:
            level = self(x)
            fit = tf.reduce_mean(tf.square(level - target))
            q = self.culvert(level[:, :-1] - level[:, 1:])
            inflow = tf.pad(q, [[0, 0], [1, 0]]) - tf.pad(q, [[0, 0], [0, 1]])
            storage = level - now - inflow * 3600.0 / AREA
            balance = tf.reduce_mean(tf.square(storage[:, 1:-1]))
            loss = fit + self.balance_weight * balance
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": loss, "fit": fit, "balance": balance}


rain, levels = simulate(900, np.random.default_rng(31))
x, now, target = table(rain, levels)
print("records", x.shape, "levels from", levels.min().round(3), "to", levels.max().round(3))
net = PolderNet(x.shape[1])
net.compile(optimizer=keras.optimizers.Adam(2e-3))
net.fit((x, now), target, batch_size=64, epochs=5, verbose=2)
