"""Bearing alarms in a turbine hall, one row per quarter of an hour. The operators asked for one number, "hours of normal
running per false alarm", so I wrote a metric. It reads inf in the first epochs, both in training and in validation, and I
am asked whether the network has blown up.
"""
import keras
import numpy as np
from keras import layers, ops

ALARM_AT = 0.98


class HoursPerFalseAlarm(keras.metrics.Metric):
    def __init__(self, alarm_at=ALARM_AT, hours_per_row=0.25, name="hours_per_false_alarm", **kwargs):
        super().__init__(name=name, **kwargs)
        self.alarm_at = alarm_at
        self.hours_per_row = hours_per_row
        self.hours = self.add_variable(shape=(), initializer="zeros", name="hours")
        self.false_alarms = self.add_variable(shape=(), initializer="zeros", name="false_alarms")

    def update_state(self, y_true, y_pred, sample_weight=None):
        normal = 1.0 - ops.cast(ops.reshape(y_true, (-1,)), "float32")
        alarm = ops.cast(ops.reshape(y_pred, (-1,)) > self.alarm_at, "float32")
        self.hours.assign_add(self.hours_per_row * ops.sum(normal))
        self.false_alarms.assign_add(ops.sum(normal * alarm))

    def result(self):
        return ops.divide(self.hours, self.false_alarms)


def control_room(rows, rng):
    faulty = rng.random(rows) < 0.18
    temperature = rng.normal(62.0, 4.0, rows) + 6.0 * faulty
    vibration = rng.lognormal(0.4, 0.25, rows) * np.where(faulty, 1.7, 1.0)
    oil_pressure = rng.normal(2.1, 0.15, rows) - 0.12 * faulty
    load = rng.uniform(0.4, 1.0, rows)
    metal_in_oil = rng.gamma(2.0, 3.0, rows) + rng.gamma(2.0, 4.0, rows) * faulty
    columns = np.stack([temperature, np.log(vibration), oil_pressure, load, np.log1p(metal_in_oil)], axis=1)
    return columns.astype("float32"), faulty.astype("float32")


def alarm_network(columns):
    standardise = layers.Normalization()
    standardise.adapt(columns)
    return keras.Sequential(
        [
            keras.Input((columns.shape[1],)),
            standardise,
            layers.Dense(16, activation="relu"),
            layers.Dense(8, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


keras.utils.set_random_seed(28)
rng = np.random.default_rng(28)
autumn, winter = control_room(900, rng), control_room(240, rng)

network = alarm_network(autumn[0])
network.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss="binary_crossentropy",
    metrics=[HoursPerFalseAlarm(), keras.metrics.AUC(name="auc")],
)
history = network.fit(*autumn, validation_data=winter, batch_size=32, epochs=12, verbose=2)  # whynan: side_nonfinite
for epoch, hours in enumerate(history.history["val_hours_per_false_alarm"], start=1):
    print(f"epoch {epoch:2d}: one false alarm in {hours:.0f} hours")
