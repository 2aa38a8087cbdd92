"""
Estimate lung compliance (ml/cmH2O) from the airway pressure curve of single breaths.
Each curve has 60 samples at 30 Hz.
"""
import numpy as np
import tensorflow as tf
import keras
from sklearn.model_selection import train_test_split

SEED = 31
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

N_BREATHS, N_SAMPLES = 1068, 60


def simulate_breaths(n):
    t = np.arange(N_SAMPLES) / 30.0
    compliance = rng.uniform(20, 80, n)
    resistance = rng.uniform(5, 20, n)
    peep = rng.uniform(4, 10, n)
    tidal = rng.uniform(380, 520, n)
    insp = t < 1.0
    volume = np.where(insp, t, np.exp(-(t - 1.0) / 0.4))[None] * tidal[:, None]
    flow = np.where(insp, 0.45, 0.0)[None] * np.ones((n, 1))
    pressure = peep[:, None] + volume / compliance[:, None] + resistance[:, None] * flow
    pressure += rng.normal(0, 0.3, pressure.shape)
    return pressure.astype("float32"), compliance.astype("float32")


@keras.saving.register_keras_serializable("vent")
class BreathNorm(keras.layers.Layer):
    """Every breath to zero mean and unit spread, so only its shape counts."""

    def call(self, curve):
        centre = tf.reduce_mean(curve, axis=0, keepdims=True)
        spread = tf.math.reduce_std(curve, axis=0, keepdims=True)
        return (curve - centre) / spread  # whynan: zero_variance_normalisation phase=forward also=divide_by_zero


curves, compliance = simulate_breaths(N_BREATHS)
x_train, x_test, y_train, y_test = train_test_split(curves, compliance, test_size=0.25, random_state=SEED)
y_mean, y_std = y_train.mean(), y_train.std()

inputs = keras.Input((N_SAMPLES,), name="pressure")
h = BreathNorm()(inputs)
h = keras.layers.Dense(64, activation="gelu")(h)
h = keras.layers.Dropout(0.1)(h)
h = keras.layers.Dense(32, activation="gelu")(h)
outputs = keras.layers.Dense(1)(h)
model = keras.Model(inputs, outputs)

model.compile(optimizer=keras.optimizers.AdamW(1e-3, weight_decay=1e-4), loss="mse", metrics=["mae"])
model.fit(
    x_train,
    (y_train - y_mean) / y_std,
    validation_data=(x_test, (y_test - y_mean) / y_std),
    epochs=6,
    batch_size=32,
    verbose=2,
)

pred = model.predict(x_test, verbose=0)[:, 0] * y_std + y_mean
print("mean abs error ml/cmH2O:", np.abs(pred - y_test).mean())
