"""
Difference between two ceilometers (standardised cloud-base difference) as a
Gaussian whose mean and spread depend on visibility, temperature and hour.
Rows are in order of time, spring campaign to the foggy end of October.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(15)

N = 1200


def campaign():
    r = np.random.default_rng(15)
    vis_km = 10.0 * 2.0 ** np.clip(r.normal(0, 0.8, N), -1.8, 2.0)
    vis_km[-10:] = r.uniform(0.03, 0.06, 10)
    log_vis = np.log2(vis_km / 10.0)
    temp = np.clip(r.normal(0, 1, N), -2.5, 2.5)
    hour = r.integers(0, 24, N)
    feats = np.stack(
        [log_vis, temp, np.sin(2 * np.pi * hour / 24), np.cos(2 * np.pi * hour / 24)], 1
    )
    noise = 0.6 * np.exp(0.6 * log_vis)
    diff = 0.25 * np.tanh(temp) + 0.15 * feats[:, 2] + noise * r.normal(size=N)
    return feats.astype("float32"), diff.astype("float32")[:, None]


def gaussian_nll(y_true, out):
    mu, sd = out[:, :1], out[:, 1:]
    return tf.reduce_mean(tf.math.log(sd) + 0.5 * tf.square((y_true - mu) / sd))  # whynan: unconstrained_scale phase=loss


def make_model():
    inp = keras.Input((4,))
    h = layers.Dense(16, activation="tanh")(inp)
    mean = layers.Dense(1, name="mean")(h)
    # start everywhere with a spread of 1
    spread = layers.Dense(
        1, kernel_initializer="zeros", bias_initializer="ones", name="spread"
    )(inp)
    return keras.Model(inp, layers.Concatenate()([mean, spread]))


X, Y = campaign()
model = make_model()
model.compile(optimizer=keras.optimizers.Adam(0.02), loss=gaussian_nll)
history = model.fit(X, Y, batch_size=32, epochs=15, shuffle=False, verbose=2)

out = model.predict(X, verbose=0)
inside = np.abs(Y[:, 0] - out[:, 0]) < 1.96 * out[:, 1]
print("coverage of the 95 % interval:", inside.mean().round(3))
print("last losses:", [round(v, 4) for v in history.history["loss"][-3:]])
