"""
Weight of loaded freight wagons from the track sensors, upper expectile
(we would rather guess too heavy than too light).
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(60)
rng = np.random.default_rng(60)
TAU = 0.8


@tf.custom_gradient
def asymmetric_mse(err):
    side = tf.where(err > 0, TAU, 1.0 - TAU)

    # the weight counts as a constant, so keep autodiff away from it
    def grad(upstream):
        return 2.0 * side * err * upstream

    return tf.reduce_mean(side * tf.square(err)), grad  # whynan: wrong_custom_gradient phase=loss


def expectile_loss(y_true, y_pred):
    return asymmetric_mse(y_true - y_pred)


def passages(n=2500):
    axles = rng.choice([4, 6], n, p=[0.8, 0.2])
    tare = np.where(axles == 4, 22.0, 30.0) + rng.normal(0, 1.5, n)
    load = rng.beta(3, 2, n) * np.where(axles == 4, 65.0, 90.0)
    gross = tare + load
    speed = rng.uniform(30, 100, n)
    df = pd.DataFrame({
        "axles": axles,
        "speed_kmh": speed,
        "rail_temp": rng.normal(14, 9, n),
        "strain_mean": gross / axles * 4.1 + rng.normal(0, 3, n),
        "strain_peak": gross / axles * 4.1 * (1 + speed / 400) + rng.gamma(2, 3, n),
        "vib_rms": 0.02 * speed + rng.gamma(2, 0.2, n),
        "length_m": np.where(axles == 4, 14.5, 19.0) + rng.normal(0, 0.8, n),
        "hour": rng.integers(0, 24, n),
    })
    return df, gross


df, gross = passages()
X_tr, X_te, y_tr, y_te = train_test_split(df, gross, test_size=0.2, random_state=0)
scaler = StandardScaler().fit(X_tr)
X_tr, X_te = scaler.transform(X_tr).astype("float32"), scaler.transform(X_te).astype("float32")
mu, sd = y_tr.mean(), y_tr.std()
t_tr = ((y_tr - mu) / sd).astype("float32").reshape(-1, 1)
t_te = ((y_te - mu) / sd).astype("float32").reshape(-1, 1)

model = keras.Sequential([keras.Input((X_tr.shape[1],)), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.05), loss=expectile_loss)
model.fit(X_tr, t_tr, validation_data=(X_te, t_te), batch_size=128, epochs=12, verbose=2)

guess = model.predict(X_te, verbose=0)[:, 0] * sd + mu
print("share of wagons guessed too light: %.2f" % np.mean(guess < y_te))
print("mean miss: %.2f t" % np.mean(np.abs(guess - y_te)))
