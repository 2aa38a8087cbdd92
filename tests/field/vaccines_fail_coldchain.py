"""Predict potency at arrival from the temperature logger of a shipment.

Ageing follows Arrhenius; the sum over the trip is the equivalent time at 5 degrees C.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(64)
rng = np.random.default_rng(64)

GAS = 8.314          # J / mol / K
EA = 83_000.0        # J / mol
T_REF = 278.15       # K
HOURS = 72


def read_loggers(lane):
    """One row per shipment, one column per hour."""
    setups = {"road": (900, 278.15, 2.0), "pilot": (6, -3.5, 0.7), "air": (400, 279.40, 2.4)}
    n, level, spread = setups[lane]
    return level + spread * rng.standard_normal((n, HOURS))


def equivalent_days(temps):
    speed = np.exp(EA / GAS * (1 / T_REF - 1 / temps))  # whynan: exp_overflow phase=data also=inf_in_input rows=900,901,902,903,904,905
    return speed.sum(axis=1) / 24


def robust_scale(a):
    low, mid, high = np.percentile(a, [25, 50, 75], axis=0)
    return (a - mid) / (high - low)


class PotencyNet(keras.Model):
    def __init__(self, units=24):
        super().__init__()
        self.hidden = [keras.layers.Dense(units, activation="elu") for _ in range(2)]
        self.head = keras.layers.Dense(1)
        self.mean_loss = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.mean_loss]

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        return self.head(x)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            pred = self(x, training=True)
            loss = tf.reduce_mean(tf.square(pred - y))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.mean_loss.update_state(loss)
        return {"loss": self.mean_loss.result()}


temps = np.concatenate([read_loggers(lane) for lane in ("road", "pilot", "air")])
n = len(temps)
age_days = rng.integers(5, 400, n)
doses = rng.integers(200, 5000, n)
warm_hours = (temps > 281.15).sum(axis=1)
potency = 97.0 - 0.012 * age_days - 0.16 * warm_hours + rng.normal(0, 0.5, n)

x = np.column_stack([
    np.log(equivalent_days(temps)),
    warm_hours,
    temps.std(axis=1),
    age_days,
    doses,
])
x = robust_scale(x).astype("float32")
y = ((potency - 94.0) / 2.0).astype("float32")[:, None]

model = PotencyNet()
model.compile(optimizer=keras.optimizers.Adam(2e-3))
model.fit(x, y, batch_size=64, epochs=8, verbose=2)
