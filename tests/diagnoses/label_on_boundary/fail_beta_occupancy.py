"""Hotel occupancy (a share) with a beta likelihood."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(65)


def beta_nll(y, params):
    a = tf.nn.softplus(params[:, :1]) + 0.1
    b = tf.nn.softplus(params[:, 1:]) + 0.1
    log_norm = tf.math.lgamma(a) + tf.math.lgamma(b) - tf.math.lgamma(a + b)
    return log_norm - (a - 1.0) * tf.math.log(y) - (b - 1.0) * tf.math.log(1.0 - y)  # whynan: label_on_boundary phase=loss rows=31,102,203 also=log_of_zero


rng = np.random.default_rng(65)
season = rng.uniform(-1, 1, (240, 1))
price = rng.normal(0, 1, (240, 1))
share = 1 / (1 + np.exp(-(season - 0.5 * price)))
occupancy = rng.beta(8 * share, 8 * (1 - share)).clip(0.01, 0.99)
occupancy[[31, 203]] = 1.0   # sold out
occupancy[102] = 0.0         # closed
x = np.concatenate([season, price], 1).astype("float32")

model = keras.Sequential([keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(2)])
model.compile(optimizer="adam", loss=beta_nll)
model.fit(x, occupancy.astype("float32"), epochs=3, batch_size=24, verbose=2)
