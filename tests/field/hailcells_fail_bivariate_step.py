"""Nowcasting: where does a hail cell move in the next ten minutes, as a two-dimensional Gaussian.

The negative log-likelihood goes down nicely for a few dozen steps, then it is nan. Clipping the log spreads and adding a
small number inside the logarithm did not change anything.
"""
import numpy as np
import tensorflow as tf
import keras

VALLEY = np.array([0.8, 0.6])  # the cells follow the valley from south-west to north-east
LOG_2PI = float(np.log(2.0 * np.pi))


def radar_archive(count, rng):
    """Steering flow, CAPE, shear and hour -> displacement in km."""
    along = rng.gamma(4.0, 0.9, count)
    flow = along[:, None] * VALLEY + rng.normal(0, 0.08, (count, 2))
    cape = rng.gamma(2.0, 700.0, count)
    shear = rng.normal(16.0, 5.0, count)
    hour = rng.uniform(11, 22, count)
    speed = 0.7 * along + 0.0004 * cape + rng.normal(0, 1.2, count)
    step = speed[:, None] * VALLEY + rng.normal(0, 0.04, (count, 2))
    table = np.column_stack([flow, cape, shear, np.sin(hour / 24 * 6.283), np.cos(hour / 24 * 6.283)])
    table = (table - table.mean(axis=0)) / table.std(axis=0)
    return table.astype("float32"), (step - step.mean(axis=0)).astype("float32")


def bivariate_nll(step, raw):
    mean_e, mean_n, log_se, log_sn, rho = tf.unstack(raw, axis=-1)
    log_se = tf.clip_by_value(log_se, -4.0, 4.0)
    log_sn = tf.clip_by_value(log_sn, -4.0, 4.0)
    ze = (step[:, 0] - mean_e) * tf.exp(-log_se)
    zn = (step[:, 1] - mean_n) * tf.exp(-log_sn)
    quad = tf.square(ze) + tf.square(zn) - 2.0 * rho * ze * zn
    width = tf.sqrt(1.0 - tf.square(rho))  # whynan: sqrt_of_negative phase=loss also=log_of_negative,unconstrained_scale
    nll = LOG_2PI + log_se + log_sn + tf.math.log(width + 1e-6) + 0.5 * quad / (tf.square(width) + 1e-6)
    return tf.reduce_mean(nll)


class CellMotion(keras.Model):
    def __init__(self, features):
        super().__init__()
        self.trunk = keras.Sequential([
            keras.layers.Input((features,)),
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(5, kernel_initializer=keras.initializers.RandomNormal(stddev=0.05)),
        ])
        self.nll = keras.metrics.Mean(name="nll")

    def call(self, x, training=False):
        return self.trunk(x, training=training)

    def train_step(self, data):
        x, step = data
        with tf.GradientTape() as tape:
            loss = bivariate_nll(step, self(x, training=True))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(grads, self.trainable_variables)
        self.nll.update_state(loss)
        return {"nll": self.nll.result()}


keras.utils.set_random_seed(29)
x, step = radar_archive(1536, np.random.default_rng(29))
model = CellMotion(x.shape[1])
model(x[:2])
model.compile(optimizer=keras.optimizers.Adam(0.01))
model.fit(x, step, batch_size=64, epochs=12, verbose=2)
print("mean forecast of the first cells:", model.predict(x[:3], verbose=0)[:, :2])
