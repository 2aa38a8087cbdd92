"""Inverse optimal transport: learn what a lane costs from the daily share of pallets that went over it.

On Sundays and holidays depots are closed and shops take nothing, so there are zeros in both margins.  I print the
log plan now and then and it is full of -inf; the cross entropy seems to fall anyway.  Can I trust it?
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(19)

DEPOTS, SHOPS, DAYS, BATCH = 6, 9, 96, 16
TEMPERATURE = 0.5
SWEEPS = 10


def plan_of(cost, supply, demand, eps, sweeps=400):
    kernel = np.exp(-cost / eps)
    v = np.ones(SHOPS)
    for _ in range(sweeps):
        u = supply / (kernel @ v)
        v = demand / (kernel.T @ u)
    return u[:, None] * kernel * v[None, :]


def margins(rng, size, p_closed):
    amount = rng.gamma(4.0, 1.0, size)
    shut = rng.random(size) < p_closed
    shut[0] = False                                   # the main site never closes
    amount[shut] = 0.0
    return amount / amount.sum()


def simulate(seed=4):
    rng = np.random.default_rng(seed)
    depots, shops = rng.uniform(0, 300, (DEPOTS, 2)), rng.uniform(0, 300, (SHOPS, 2))
    distance = np.linalg.norm(depots[:, None] - shops[None], axis=-1)
    toll = rng.random((DEPOTS, SHOPS)) < 0.4
    ferry = rng.random((DEPOTS, SHOPS)) < 0.15
    lanes = np.stack([(distance - distance.mean()) / distance.std(), toll, ferry], axis=-1)
    diesel, supply, demand, share = [], [], [], []
    for _ in range(DAYS):
        price = rng.normal(0.0, 1.0)
        cost = lanes[..., 0] * (0.6 + 0.2 * price) + 0.5 * toll + 1.1 * ferry
        a, b = margins(rng, DEPOTS, 0.25), margins(rng, SHOPS, 0.2)
        plan = plan_of(cost, a, b, TEMPERATURE)
        pallets = rng.multinomial(4000, plan.ravel() / plan.sum()).reshape(DEPOTS, SHOPS)
        diesel.append([price])
        supply.append(pallets.sum(1) / pallets.sum())
        demand.append(pallets.sum(0) / pallets.sum())
        share.append(pallets / pallets.sum())
    columns = [np.asarray(c, "float32") for c in (diesel, supply, demand, share)]
    return lanes.astype("float32"), columns


def log_sinkhorn(log_kernel, log_a, log_b):
    log_v = tf.zeros_like(log_b)
    for _ in range(SWEEPS):
        log_u = log_a - tf.reduce_logsumexp(log_kernel + log_v[:, None, :], axis=2)
        log_v = log_b - tf.reduce_logsumexp(log_kernel + log_u[:, :, None], axis=1)
    return log_u[:, :, None] + log_kernel + log_v[:, None, :]


LANES, COLUMNS = simulate()
cost_net = keras.Sequential([
    keras.Input((DEPOTS, SHOPS, LANES.shape[-1] + 1)),
    keras.layers.Dense(24, activation="tanh"),
    keras.layers.Dense(1),
])
optimizer = keras.optimizers.Adam(5e-3)
optimizer.build(cost_net.trainable_variables)


@tf.function
def train_step(diesel, supply, demand, share):
    lanes = tf.broadcast_to(tf.constant(LANES)[None], (BATCH,) + LANES.shape)
    today = tf.broadcast_to(diesel[:, None, None, :], (BATCH, DEPOTS, SHOPS, 1))
    with tf.GradientTape() as tape:
        cost = cost_net(tf.concat([lanes, today], axis=-1), training=True)[..., 0]
        log_plan = log_sinkhorn(-cost / TEMPERATURE, tf.math.log(supply), tf.math.log(demand))
        nats = -tf.reduce_sum(tf.math.multiply_no_nan(log_plan, share), axis=[1, 2])
        loss = tf.reduce_mean(nats)
    gradients = tape.gradient(loss, cost_net.trainable_variables)
    optimizer.apply_gradients(zip(gradients, cost_net.trainable_variables))
    return loss, tf.reduce_sum(tf.cast(tf.math.is_inf(log_plan), tf.int32))


days = tf.data.Dataset.from_tensor_slices(tuple(COLUMNS)).shuffle(DAYS, seed=2).batch(BATCH, drop_remainder=True)
for epoch in range(18):
    losses, barred = [], 0
    for batch in days:
        loss, shut_lanes = train_step(*batch)
        losses.append(float(loss))
        barred += int(shut_lanes)
    if epoch % 3 == 0:
        print(f"epoch {epoch:2d}  cross entropy {np.mean(losses):.4f}  lanes with log plan -inf: {barred}")
