import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(99)

# ------------------------------------------------------------------
# drift speed of ice floes seen by satellite pairs, regressed on the
# reanalysis / scatterometer fields at the floe position
# ------------------------------------------------------------------

RHO_AIR = 1.3
DRAG = 1.5e-3


def read_collocations(n=2400, seed=3):
    """Stands in for the netCDF reader, which returns masked arrays."""
    r = np.random.default_rng(seed)
    wind = r.weibull(2.1, n) * 9.0
    heavy_rain = np.zeros(n, dtype=bool)
    heavy_rain[880:886] = True
    current = r.normal(0.0, 0.12, n)
    diameter = r.lognormal(1.0, 0.6, n)
    thickness = r.gamma(4.0, 0.4, n)
    speed = 0.021 * wind + 0.8 * np.abs(current) - 0.01 * thickness + r.normal(0, 0.02, n)
    return {
        "wind": np.ma.masked_array(wind, mask=heavy_rain),
        "current": np.ma.masked_array(current, mask=False),
        "diameter": np.ma.masked_array(diameter, mask=False),
        "thickness": np.ma.masked_array(thickness, mask=False),
        "speed": speed,
    }


def wind_stress(wind):
    """in mPa"""
    return (1e3 * RHO_AIR * DRAG * wind.filled() ** 2).astype(np.float32)  # whynan: inf_in_input phase=data rows=880,881,882,883,884,885


class FloeDrift(keras.Model):
    def __init__(self, width=24):
        super().__init__()
        self.h1 = keras.layers.Dense(width, activation="elu")
        self.h2 = keras.layers.Dense(width, activation="elu")
        self.out = keras.layers.Dense(1)
        self.tracker = keras.metrics.Mean(name="loss")

    def call(self, x):
        return self.out(self.h2(self.h1(x)))

    @property
    def metrics(self):
        return [self.tracker]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            err = self(x, training=True) - y
            loss = tf.reduce_mean(tf.square(err))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}


obs = read_collocations()
X = np.stack(
    [
        wind_stress(obs["wind"]) / 100,
        obs["current"].filled() / 0.1,
        np.log(obs["diameter"].filled()),
        obs["thickness"].filled() / 2.0,
    ],
    axis=1,
).astype("float32")
y = obs["speed"].astype("float32").reshape(-1, 1)

model = FloeDrift()
model.compile(optimizer=keras.optimizers.Adam(learning_rate=2e-3))
model.fit(X, y, batch_size=64, epochs=5, verbose=2)

resid = model.predict(X[:500], verbose=0) - y[:500]
print("rms residual [m/s]:", np.sqrt(np.mean(resid ** 2)))
