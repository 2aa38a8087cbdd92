# Council elections: vote shares of five lists per ward from census figures.
# The model gives a Dirichlet for each ward, so we also get seat uncertainty for the newspaper.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(18)
rng = np.random.default_rng(18)

LISTS = ["Labour", "Centre", "Farmers", "Greens", "Residents"]
n_wards = 1500

census = np.column_stack([
    rng.normal(43, 6, n_wards),           # median age
    rng.beta(4, 6, n_wards),              # share of renters
    rng.lognormal(10.3, 0.25, n_wards),   # median income
    rng.beta(3, 9, n_wards),              # share with a degree
    rng.lognormal(6.2, 0.9, n_wards),     # people per square km
]).astype("float32")
census[:, 2] = np.log(census[:, 2])
census[:, 4] = np.log(census[:, 4])
census = (census - census.mean(axis=0)) / census.std(axis=0)

appeal = np.array([0.8, 0.6, 0.2, -0.3, -0.5]) \
    + census @ rng.normal(0, 0.12, (5, 5)) + rng.normal(0, 0.1, (n_wards, 5))
chance = np.exp(appeal) / np.exp(appeal).sum(axis=1, keepdims=True)
turnout = rng.integers(900, 4800, n_wards)
votes = np.stack([rng.multinomial(t, p) for t, p in zip(turnout, chance)])

# Residents' lists were withdrawn in these wards after the ballot papers had been printed
votes[[88, 431, 902, 1117], LISTS.index("Residents")] = 0

shares = (votes / votes.sum(axis=1, keepdims=True)).astype("float32")
assert np.allclose(shares.sum(axis=1), 1.0, atol=1e-5)


def dirichlet_nll(share, alpha):
    total = tf.reduce_sum(alpha, axis=-1)
    log_norm = tf.reduce_sum(tf.math.lgamma(alpha), axis=-1) - tf.math.lgamma(total)
    log_kernel = tf.reduce_sum((alpha - 1.0) * tf.math.log(share), axis=-1)  # whynan: label_on_boundary phase=loss|forward also=log_of_zero rows=88,431,902,1117
    return log_norm - log_kernel


def build():
    inputs = keras.Input((census.shape[1],), name="census")
    h = layers.Dense(40, activation="tanh")(inputs)
    h = layers.Dense(40, activation="tanh")(h)
    mean = layers.Dense(len(LISTS), activation="softmax", name="mean_share")(h)
    precision = layers.Dense(1, activation="softplus", bias_initializer=keras.initializers.Constant(20.0),
                             name="precision")(h)
    alpha = layers.Multiply(name="alpha")([mean, precision])
    return keras.Model(inputs, alpha)


train = slice(0, 1250)
test = slice(1250, None)

model = build()
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss=dirichlet_nll)
model.fit(
    census[train], shares[train],
    validation_data=(census[test], shares[test]),
    epochs=10,
    batch_size=50,
    verbose=2,
)

alpha = model.predict(census[test], verbose=0)
expected = alpha / alpha.sum(axis=1, keepdims=True)
for k, name in enumerate(LISTS):
    err = np.abs(expected[:, k] - shares[test][:, k]).mean()
    print(f"{name:10s} mean abs. error {100 * err:.2f} points")
