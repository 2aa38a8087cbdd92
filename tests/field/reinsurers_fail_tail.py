# Joint tail of storm losses of two cedants, for the reinsurance treaty.
# Margins are taken out by ranks; dependence = Clayton copula, theta depends on the portfolio pair.
# (Clayton on the survival ranks: 0 = worst year, so lower-tail dependence is what we want.)
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(1999)
N = 2400


def clayton_sample(theta, rng):
    # Marshall-Olkin
    frailty = rng.gamma(1.0 / theta, 1.0, len(theta))
    e = rng.exponential(1.0, (len(theta), 2))
    return np.log1p(e / np.maximum(frailty, 1e-250)[:, None]) * (-1.0 / theta)[:, None]


rng = np.random.default_rng(26)
frame = pd.DataFrame({
    "overlap": rng.beta(5, 2, N),          # share of common postcodes
    "distance": rng.gamma(2.0, 40.0, N),   # km between the centres of the portfolios
    "commercial": rng.uniform(0, 1, N),
})
theta_true = 22.0 + 10.0 * frame["overlap"].to_numpy()
log_u = clayton_sample(theta_true, rng)
frame["loss_a"] = -1.8e6 * log_u[:, 0] * 3.0
frame["loss_b"] = -0.7e6 * log_u[:, 1] * 2.0

ranks = (N + 1 - frame[["loss_a", "loss_b"]].rank()) / (N + 1)
ranks = ranks.to_numpy("float32")
features = frame[["overlap", "distance", "commercial"]]
features = ((features - features.mean()) / features.std()).to_numpy("float32")
print("Kendall's tau", frame["loss_a"].corr(frame["loss_b"], method="kendall").round(3),
      "smallest rank", ranks.min())


def clayton_nll(uv, theta):
    u, v = uv[:, 0], uv[:, 1]
    theta = theta[:, 0]
    inner = u ** -theta + v ** -theta - 1.0  # whynan: exp_overflow phase=loss|forward
    log_density = (tf.math.log1p(theta)
                   - (1.0 + theta) * (tf.math.log(u) + tf.math.log(v))
                   - (2.0 + 1.0 / theta) * tf.math.log(inner))
    return -log_density


net = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(1, activation="softplus", name="theta"),
])
net.compile(optimizer=keras.optimizers.Adam(0.03), loss=clayton_nll)
net.fit(features, ranks, batch_size=60, epochs=20, verbose=2)

theta_hat = net.predict(features, verbose=0)[:, 0]
print("mean tau of the model", np.mean(theta_hat / (theta_hat + 2.0)))
print("lower tail dependence", np.mean(2.0 ** (-1.0 / theta_hat)))
