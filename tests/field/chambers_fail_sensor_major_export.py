"""Daily carbon dioxide flux of a bog from a soil chamber logger: learned base rate times a learned Q10 response.

The loss is nan in the very first epoch. Air temperature is between -4 and 20 degrees in the whole export, no field is
empty, Q10 is kept between 1.2 and 4, and the rate is small.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(5)

CONFIG = {"days": 160, "batch": 20, "epochs": 6, "rate": 1e-3}


def logger_export(days):
    """One line per day as the logger writes it: 24 temperatures (C), 24 moistures (%), 24 pressures (Pa)."""
    rng = np.random.default_rng(5)
    hours = np.arange(24)
    mean = 8.0 + 6.0 * np.sin(2 * np.pi * np.arange(days) / days)[:, None]
    temperature = mean + 4.0 * np.sin(2 * np.pi * (hours - 9) / 24) + rng.normal(0, 0.4, size=(days, 24))
    moisture = np.clip(rng.normal(72.0, 8.0, size=(days, 1)) + rng.normal(0, 1.0, size=(days, 24)), 30, 98)
    pressure = rng.normal(101_300.0, 600.0, size=(days, 1)) + rng.normal(0, 30.0, size=(days, 24))
    flux = np.mean(0.02 * moisture * 2.3 ** ((temperature - 10.0) / 10.0), axis=1) + rng.normal(0, 0.05, size=days)

    frame = pd.DataFrame(np.hstack([temperature, moisture, pressure]))
    frame.columns = [f"{sensor}{hour:02d}" for sensor in ("t", "m", "p") for hour in hours]
    frame["flux"] = flux
    return frame


class BogRespiration(keras.Model):
    def __init__(self, reference=10.0, **kwargs):
        super().__init__(**kwargs)
        self.reference = reference
        self.base_rate = keras.Sequential(
            [keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(1, activation="softplus")]
        )
        self.q10 = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(2.0), constraint=lambda w: keras.ops.clip(w, 1.2, 4.0)
        )

    def call(self, day):
        temperature, moisture, pressure = tf.unstack(day, axis=-1)
        state = tf.stack([moisture / 100.0, pressure / 101_325.0], axis=-1)
        base = tf.squeeze(self.base_rate(state), axis=-1)
        hourly = base * self.q10 ** ((temperature - self.reference) / 10.0)  # whynan: exp_overflow phase=forward also=unscaled_input
        return tf.reduce_mean(hourly, axis=1)


def epoch_of(model, optimizer, dataset):
    losses = []
    for day, flux in dataset:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(day) - flux))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        losses.append(float(loss))
    return np.mean(losses)


def main(cfg):
    frame = logger_export(cfg["days"])
    flux = frame.pop("flux").to_numpy(dtype="float32")
    assert not frame.isna().to_numpy().any()
    days = frame.to_numpy(dtype="float32").reshape(-1, 24, 3)  # day, hour, sensor

    dataset = tf.data.Dataset.from_tensor_slices((days, flux)).shuffle(cfg["days"], seed=5).batch(cfg["batch"])
    model = BogRespiration()
    optimizer = keras.optimizers.Adam(cfg["rate"])
    for epoch in range(cfg["epochs"]):
        print(f"epoch {epoch + 1}: mse {epoch_of(model, optimizer, dataset):.4f}  Q10 {float(model.q10.numpy()):.3f}")


main(CONFIG)
