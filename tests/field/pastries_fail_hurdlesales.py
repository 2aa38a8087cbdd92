# -*- coding: utf-8 -*-
"""How many kilos of each pastry will a branch sell tomorrow?

Many product/branch days are zero (not baked), the rest is right-skewed -> hurdle-gamma regression.
Second attempt, the two-stage model with sklearn was too clumsy for the nightly job.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(33)
rs = np.random.RandomState(33)


def sales_table(rows=1400):
    t = pd.DataFrame({
        "weekday": rs.randint(0, 7, rows),
        "temp": rs.normal(12, 7, rows),
        "footfall": rs.lognormal(6.0, 0.4, rows),
        "price": rs.choice([1.4, 1.9, 2.6, 3.2], rows),
        "school_holiday": rs.binomial(1, 0.2, rows),
    })
    baked = rs.binomial(1, 1 / (1 + np.exp(-(0.9 - 0.6 * (t.weekday == 0) - 0.04 * (t.temp - 12)))))
    mean_kg = np.exp(0.4 + 0.5 * np.log(t.footfall / 400) - 0.3 * (t.price - 2))
    t["kg"] = np.where(baked == 1, rs.gamma(3.0, mean_kg / 3.0), 0.0)
    return t


def hurdle_gamma_nll(y, out):
    logit, log_mu, log_k = out[:, 0], out[:, 1], out[:, 2]
    mu, k = tf.exp(log_mu), tf.exp(log_k)
    power = (k - 1.0) * tf.math.log(y)  # whynan: where_gradient_trap phase=gradient
    gamma = k * (log_k - log_mu) - tf.math.lgamma(k) + power - k * y / mu
    sold = tf.math.softplus(-logit) - gamma
    nothing = tf.math.softplus(logit)
    return tf.reduce_mean(tf.where(y > 0, sold, nothing))


table = sales_table()
features = table.drop(columns="kg")
X = StandardScaler().fit_transform(features).astype("float32")
y = table["kg"].to_numpy("float32")
print(f"{(y == 0).mean():.0%} zero days, {y[y > 0].mean():.2f} kg on the others")

model = keras.Sequential([
    keras.Input((X.shape[1],)),
    keras.layers.Dense(24, activation="tanh"),
    keras.layers.Dense(3),
])
sgd = keras.optimizers.SGD(0.01, momentum=0.9)
data = tf.data.Dataset.from_tensor_slices((X, y)).shuffle(1400, seed=33).batch(100)

for epoch in range(5):
    total, seen = 0.0, 0
    for bx, by in data:
        with tf.GradientTape() as tape:
            loss = hurdle_gamma_nll(by, model(bx, training=True))
        sgd.apply_gradients(zip(tape.gradient(loss, model.trainable_weights), model.trainable_weights))
        total += float(loss) * len(by)
        seen += len(by)
    print(f"epoch {epoch + 1}: nll {total / seen:.4f}")

out = model(X).numpy()
forecast = 1 / (1 + np.exp(-out[:, 0])) * np.exp(out[:, 1])
print(table.assign(forecast=forecast).groupby("weekday")[["kg", "forecast"]].mean().round(2))
