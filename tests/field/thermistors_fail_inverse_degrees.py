"""Calibration of thermistor boards against a reference bath, robust (Student) residuals.

I learn the heaviness of the tails as 1/nu and keep it non-negative with a constraint. The likelihood improves nicely for
the first epoch or two, then nll: nan. The residuals of the plain least squares model look completely harmless.
"""
import math

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(12)


def bath_runs(n=1280, seed=9):
    """Board readings; the display of the reference rounds to half a kelvin."""
    rng = np.random.default_rng(seed)
    bath = rng.uniform(5.0, 65.0, n)
    supply = rng.uniform(3.1, 3.5, n)
    self_heating = rng.uniform(0.0, 1.0, n)
    lead = rng.uniform(0.5, 4.0, n)
    resistance = 10.0 * np.exp(3950.0 * (1 / (bath + 273.15) - 1 / 298.15)) + 0.01 * lead
    voltage = supply * 10.0 / (10.0 + resistance)
    shown = np.round(2.0 * (bath + 0.6 * self_heating)) / 2.0
    x = np.column_stack([voltage, supply, self_heating, lead])
    x = (x - x.mean(0)) / x.std(0)
    y = (shown - shown.mean()) / shown.std()
    return x.astype("float32"), y.astype("float32")


class StudentRegressor(keras.Model):
    def __init__(self, width=24, start_tail=0.2):
        super().__init__()
        self.mean_net = keras.Sequential([
            keras.layers.Dense(width, activation="tanh"),
            keras.layers.Dense(1),
        ])
        self.log_scale = self.add_weight(shape=(), initializer="zeros", name="log_scale")
        self.tail = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(start_tail),
            constraint=keras.constraints.NonNeg(), name="tail")
        self.nll_tracker = keras.metrics.Mean(name="nll")
        self.rmse_tracker = keras.metrics.RootMeanSquaredError(name="rmse")

    @property
    def metrics(self):
        return [self.nll_tracker, self.rmse_tracker]

    def call(self, x):
        return self.mean_net(x)[:, 0]

    def student_nll(self, y, mean):
        nu = 1.0 / self.tail  # whynan: divide_by_zero phase=loss|forward also=unconstrained_scale
        z = (y - mean) * tf.exp(-self.log_scale)
        normaliser = (tf.math.lgamma(0.5 * nu) - tf.math.lgamma(0.5 * (nu + 1.0))
                      + 0.5 * tf.math.log(nu * math.pi) + self.log_scale)
        return normaliser + 0.5 * (nu + 1.0) * tf.math.log1p(tf.square(z) / nu)

    def train_step(self, data):
        x, y = data
        y = tf.reshape(y, [-1])
        with tf.GradientTape() as tape:
            mean = self(x, training=True)
            loss = tf.reduce_mean(self.student_nll(y, mean))
        grads = tape.gradient(loss, self.trainable_variables)
        grads = [tf.clip_by_norm(g, 1.0) for g in grads]
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.nll_tracker.update_state(loss)
        self.rmse_tracker.update_state(y, mean)
        return {m.name: m.result() for m in self.metrics}


x, y = bath_runs()
model = StudentRegressor()
model(x[:4])
model.compile(optimizer=keras.optimizers.Adam(3e-3))
history = model.fit(x, y, batch_size=32, epochs=8, verbose=2)
print("scale:", float(np.exp(model.log_scale.numpy())), " 1/nu:", float(model.tail.numpy()))
