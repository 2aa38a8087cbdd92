"""Energy per kilometre of trolleybuses.

The network is trained on the existing lines (plenty of trips) and then moved to
a freshly opened line with only a few hundred trips. To keep it from forgetting
we follow Li et al. 2018 and pull the trunk towards its starting point (L2-SP).
"""
import logging
import pathlib
import tempfile
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
import keras

logging.basicConfig(format="%(levelname).1s %(name)s: %(message)s", level=logging.INFO)
logger = logging.getLogger("trolley")


@dataclass(frozen=True)
class Settings:
    hidden: int = 40
    base_epochs: int = 8
    line_epochs: int = 10
    batch: int = 50
    base_lr: float = 3e-3
    line_lr: float = 5e-4
    beta: float = 0.02
    seed: int = 77


class Trips:
    """speed [km/h], passengers, outside temperature, climb [m/km], stops per km"""
    center = np.array([19.0, 38.0, 11.0, 6.0, 2.6])
    spread = np.array([4.0, 18.0, 8.0, 5.0, 0.6])

    def __init__(self, n, seed, hilly=0.0):
        rng = np.random.default_rng(seed)
        raw = self.center + self.spread * rng.normal(size=(n, 5))
        raw[:, 1] = np.clip(raw[:, 1], 1, 110)
        raw[:, 3] = np.abs(raw[:, 3]) + hilly
        heating = np.maximum(14.0 - raw[:, 2], 0) * 0.035 + np.maximum(raw[:, 2] - 23.0, 0) * 0.05
        kwh = 1.3 + 0.006 * raw[:, 1] + 0.045 * raw[:, 3] + 0.15 * raw[:, 4] + heating
        kwh = kwh * rng.lognormal(0, 0.05, n)
        self.x = ((raw - self.center) / self.spread).astype("float32")
        self.y = ((kwh - 2.3) / 0.5).astype("float32")[:, None]


def build_trunk(cfg):
    inp = keras.Input((5,))
    h = keras.layers.Dense(cfg.hidden, activation="tanh")(inp)
    h = keras.layers.Dense(cfg.hidden, activation="tanh")(h)
    return keras.Model(inp, h, name="trunk")


class AnchoredRegressor(keras.Model):
    def __init__(self, trunk, beta):
        super().__init__()
        self.trunk = trunk
        self.head = keras.layers.Dense(1)
        self.beta = beta
        self.anchor = [tf.constant(w.numpy()) for w in trunk.trainable_variables]
        self.fit_tracker = keras.metrics.Mean(name="fit")
        self.drift_tracker = keras.metrics.Mean(name="drift")

    def call(self, x):
        return self.head(self.trunk(x))

    @property
    def metrics(self):
        return [self.fit_tracker, self.drift_tracker]

    def drift(self):
        return tf.add_n([tf.norm(w - w0) for w, w0 in zip(self.trunk.trainable_variables, self.anchor)])  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            fit = tf.reduce_mean(tf.square(y - self(x, training=True)))
            drift = self.drift()
            total = fit + self.beta * drift
        grads = tape.gradient(total, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.fit_tracker.update_state(fit)
        self.drift_tracker.update_state(drift)
        return {m.name: m.result() for m in self.metrics}


class HoldoutReport(keras.callbacks.Callback):
    def __init__(self, tag, trips):
        super().__init__()
        self.tag, self.trips = tag, trips

    def on_epoch_end(self, epoch, logs=None):
        pred = self.model.predict_on_batch(self.trips.x)
        rmse = 0.5 * float(np.sqrt(np.mean((pred - self.trips.y) ** 2)))
        logger.info("%s %02d %s holdout rmse %.3f kWh/km", self.tag, epoch,
                    {k: round(float(v), 4) for k, v in logs.items()}, rmse)


def train_base(cfg, ckpt):
    trunk = build_trunk(cfg)
    model = keras.Sequential([trunk, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(cfg.base_lr), loss="mse")
    trips = Trips(2000, cfg.seed)
    model.fit(trips.x, trips.y, epochs=cfg.base_epochs, batch_size=cfg.batch, verbose=0,
              callbacks=[HoldoutReport("all lines", Trips(400, cfg.seed + 1))])
    trunk.save_weights(ckpt)


def adapt(cfg, ckpt):
    trunk = build_trunk(cfg)
    trunk.load_weights(ckpt)
    model = AnchoredRegressor(trunk, cfg.beta)
    model.compile(optimizer=keras.optimizers.Adam(cfg.line_lr))
    trips = Trips(300, cfg.seed + 2, hilly=8.0)
    model.fit(trips.x, trips.y, epochs=cfg.line_epochs, batch_size=cfg.batch, verbose=0,
              callbacks=[HoldoutReport("new line", Trips(200, cfg.seed + 3, hilly=8.0))])


if __name__ == "__main__":
    settings = Settings()
    keras.utils.set_random_seed(settings.seed)
    with tempfile.TemporaryDirectory() as tmp:
        path = pathlib.Path(tmp) / "trunk.weights.h5"
        train_base(settings, path)
        adapt(settings, path)
