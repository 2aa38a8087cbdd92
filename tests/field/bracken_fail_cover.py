"""
Beta regression of bracken cover on remote sensing covariates.

Mean and precision both come from a small network. Plots of the park staff and of the
summer volunteers are pooled.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(303)
rng = np.random.default_rng(303)

COVARIATES = ["ndvi", "elevation", "slope", "wetness"]


def survey(n):
    plots = pd.DataFrame({
        "ndvi": rng.normal(0.55, 0.12, n),
        "elevation": rng.uniform(120, 480, n),
        "slope": rng.gamma(2.0, 5.0, n),
        "wetness": rng.normal(8.0, 1.5, n),
    })
    eta = 5 * (plots["ndvi"] - 0.55) - 0.004 * (plots["elevation"] - 300) - 0.15 * (plots["wetness"] - 8)
    mean = 1 / (1 + np.exp(-eta))
    plots["cover"] = np.clip(rng.beta(mean * 12, (1 - mean) * 12), 0.03, 0.97)
    return plots


def staff_sheet():
    sheet = survey(1200)
    sheet["observer"] = "staff"
    sheet["cover"] = sheet["cover"].round(3)
    return sheet


def volunteer_sheet():
    sheet = survey(40)
    sheet["observer"] = "volunteer"
    sheet["cover"] = (sheet["cover"] * 100).round(0)
    return sheet


plots = pd.concat([staff_sheet(), volunteer_sheet()], ignore_index=True)
x = plots[COVARIATES]
x = ((x - x.mean()) / x.std()).to_numpy("float32")
y = plots["cover"].to_numpy("float32")

inputs = keras.Input((len(COVARIATES),))
hidden = keras.layers.Dense(20, activation="tanh")(inputs)
mu = keras.layers.Dense(1, activation="sigmoid")(hidden)
phi = keras.layers.Dense(1, activation="softplus", bias_initializer="ones")(hidden)
net = keras.Model(inputs, [mu, phi])


def beta_nll(y, mu, phi):
    a = mu * phi + 1e-3
    b = (1.0 - mu) * phi + 1e-3
    log_norm = tf.math.lgamma(a) + tf.math.lgamma(b) - tf.math.lgamma(a + b)
    return log_norm - (a - 1.0) * tf.math.log(y) - (b - 1.0) * tf.math.log1p(-y)  # whynan: label_out_of_range phase=loss|data also=log_of_negative,label_not_in_unit_interval


optimizer = keras.optimizers.Adam(5e-3)
dataset = tf.data.Dataset.from_tensor_slices((x, y[:, None])).shuffle(len(x), seed=1).batch(40)

for epoch in range(5):
    history = []
    for xb, yb in dataset:
        with tf.GradientTape() as tape:
            m, p = net(xb, training=True)
            loss = tf.reduce_mean(beta_nll(yb, m, p))
        grads = tape.gradient(loss, net.trainable_weights)
        optimizer.apply(grads, net.trainable_weights)
        history.append(loss.numpy())
    print(f"{epoch}: nll {np.mean(history):.3f}")

m, p = net(x)
print("mean precision", float(tf.reduce_mean(p)))
