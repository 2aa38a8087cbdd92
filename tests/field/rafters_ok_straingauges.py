# Deflection of four roof rafters (cm) from the weather of the last hour.
# The gauges on the rafters fall out quite often; number 3 was torn off in the last winter.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(58)
rng = np.random.default_rng(58)

hours = 1920
snow = rng.gamma(1.2, 0.7, hours)
wind = rng.weibull(2.0, hours)
temp = rng.normal(-2, 5, hours)
humid = rng.beta(5, 2, hours)
x = np.stack([snow, wind, temp / 5.0, humid], 1).astype("float32")

stiff = np.array([0.8, 1.0, 1.15, 0.7])
load = 0.35 + 0.45 * snow + 0.2 * snow * humid + 0.1 * wind + 0.01 * np.maximum(temp, 0)
y = load[:, None] * stiff + rng.normal(0, 0.03, (hours, 4))
y = np.maximum(y, 0.05)
y[rng.random(y.shape) < 0.3] = np.nan
y[1500:, 2] = np.nan
y = y.astype("float32")

order = rng.permutation(hours)
tr, va = order[:1600], order[1600:]
print("share of readings we have:", np.isfinite(y).mean(0).round(2))

SIGN_WEIGHT = 500.0      # a rafter never bends upwards


class RafterModel(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.total = keras.metrics.Mean(name="loss")
        self.rmse = keras.metrics.RootMeanSquaredError(name="rmse")
        self.upward = keras.metrics.Mean(name="upward")

    @property
    def metrics(self):
        return [self.total, self.rmse, self.upward]

    def measure(self, y, pred):
        have = tf.math.is_finite(y)
        miss = tf.boolean_mask(pred - y, have)
        upward = SIGN_WEIGHT * tf.reduce_mean(tf.square(tf.nn.relu(-pred)))
        loss = tf.reduce_mean(tf.square(miss)) + upward
        self.total.update_state(loss)
        self.rmse.update_state(tf.zeros_like(miss), miss)
        self.upward.update_state(upward)
        return loss

    def train_step(self, data):
        xb, yb = data
        with tf.GradientTape() as tape:
            loss = self.measure(yb, self(xb, training=True))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {m.name: m.result() for m in self.metrics}

    def test_step(self, data):
        xb, yb = data
        self.measure(yb, self(xb, training=False))
        return {m.name: m.result() for m in self.metrics}


inp = keras.Input((4,))
h = layers.Dense(48, activation="elu")(inp)
h = layers.Dense(24, activation="elu")(h)
model = RafterModel(inp, layers.Dense(4)(h))
model.compile(optimizer=keras.optimizers.RMSprop(2e-3), jit_compile=False)
model.fit(x[tr], y[tr], validation_data=(x[va], y[va]), batch_size=64, epochs=15, verbose=2)  # whynan: healthy

pred = model.predict(x[va], verbose=0)
print("worst miss per rafter (cm):", np.nanmax(np.abs(pred - y[va]), axis=0).round(3))
