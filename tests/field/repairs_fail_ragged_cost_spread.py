"""Van fleet: next month's workshop cost and whether the van will break down, from its list of past invoices.

Vans have different numbers of invoices, hence the ragged tensor. The mean is guarded with divide_no_nan because a few
vans are new. The weights are NaN after the first epoch all the same and both heads predict nan.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(2)

VANS = 320


def invoices(seed=40):
    rng = np.random.default_rng(seed)
    count = 1 + rng.poisson(2.5, VANS)
    count[[17, 141, 203]] = 0  # delivered last week
    amounts = rng.lognormal(mean=5.8, sigma=0.7, size=count.sum()).astype("float32")
    age = rng.uniform(0.5, 9.0, VANS).astype("float32")
    km = (age * rng.normal(24.0, 5.0, VANS)).astype("float32")
    return tf.RaggedTensor.from_row_lengths(amounts, count.astype("int64")), count, age, km, rng


def describe(costs, count, age, km):
    """One row of numbers for each van; money in thousands."""
    costs = costs / 1000.0
    n = tf.constant(count.astype("float32"))
    total = tf.reduce_sum(costs, axis=1)
    typical = tf.math.divide_no_nan(total, n)
    spread = tf.reduce_max(costs, axis=1) - tf.reduce_min(costs, axis=1)  # whynan: empty_reduction phase=data rows=17,141,203 also=inf_in_input
    columns = [n / 5.0, total, typical, spread, tf.constant(age / 5.0), tf.constant(km / 100.0)]
    return tf.stack(columns, axis=1).numpy()


def targets(features, rng):
    wear = 0.4 * features[:, 4] + 0.3 * features[:, 5] + 0.2 * features[:, 0]
    cost = wear + 0.1 * rng.normal(size=VANS)
    broke = (wear + 0.2 * rng.normal(size=VANS) > np.median(wear)).astype("float32")
    return {"cost": cost.astype("float32")[:, None], "breakdown": broke[:, None]}


def two_headed(width):
    van = keras.Input((width,), name="van")
    h = layers.Dense(32, activation="tanh")(van)
    h = layers.Dense(16, activation="tanh")(h)
    heads = {
        "cost": layers.Dense(1, name="cost")(h),
        "breakdown": layers.Dense(1, activation="sigmoid", name="breakdown")(h),
    }
    return keras.Model(van, heads)


costs, count, age, km, rng = invoices()
x = describe(costs, count, age, km)
y = targets(x, rng)

model = two_headed(x.shape[1])
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss={"cost": "mse", "breakdown": "binary_crossentropy"},
    loss_weights={"cost": 1.0, "breakdown": 0.5},
)
model.fit(x, y, batch_size=32, epochs=6, verbose=2)
print(model.predict(x[:4], verbose=0))
