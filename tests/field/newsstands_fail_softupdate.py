"""
Offline Q-learning for the morning order of a newsstand.

State:  papers left over, sin/cos of the weekday, forecast of the demand
Action: order 0, 5, 10, 15 or 20 papers
Data:   four thousand days of a random policy (all stands together)
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(321)
rng = np.random.default_rng(321)

ORDERS = np.array([0, 5, 10, 15, 20])
GAMMA, TAU = 0.95, 0.05
BATCH, UPDATES = 64, 1500


def simulate(days):
    s, a, r, s2 = [], [], [], []
    left, forecast, weekday = 5.0, 10.0, 0
    for _ in range(days):
        state = [left / 20, np.sin(2 * np.pi * weekday / 7), np.cos(2 * np.pi * weekday / 7), forecast / 20]
        act = rng.integers(len(ORDERS))
        demand = rng.poisson(forecast)
        have = min(left + ORDERS[act], 40)
        sold = min(have, demand)
        reward = (1.2 * sold - 0.7 * ORDERS[act] - 0.05 * (have - sold)) / 10
        left = have - sold
        weekday = (weekday + 1) % 7
        forecast = 10 + 4 * np.sin(2 * np.pi * weekday / 7) + rng.normal(0, 1)
        nxt = [left / 20, np.sin(2 * np.pi * weekday / 7), np.cos(2 * np.pi * weekday / 7), forecast / 20]
        s.append(state), a.append(act), r.append(reward), s2.append(nxt)
    return (np.array(s, "float32"), np.array(a, "int32"), np.array(r, "float32"), np.array(s2, "float32"))


online = keras.Sequential([
    keras.Input((4,)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(len(ORDERS)),
])
target = keras.models.clone_model(online)
target.set_weights(online.get_weights())
opt = keras.optimizers.Adam(1e-3)


def soft_update():
    """Polyak averaging of the target network."""
    for slow, fast in zip(target.weights, online.weights):
        slow.assign((1 + TAU) * slow + TAU * fast)


@tf.function
def update(s, a, r, s2):
    future = tf.reduce_max(target(s2), axis=1)
    goal = r + GAMMA * future
    with tf.GradientTape() as tape:
        q = tf.reduce_sum(online(s) * tf.one_hot(a, len(ORDERS)), axis=1)
        td = goal - q
        loss = tf.reduce_mean(tf.abs(td))  # whynan: exploding_gradient phase=loss|forward
    grads = tape.gradient(loss, online.trainable_variables)
    opt.apply_gradients(zip(grads, online.trainable_variables))
    soft_update()
    return loss


s, a, r, s2 = simulate(4000)
print("mean daily reward of the random policy:", r.mean())

trace = []
for k in range(1, UPDATES + 1):
    i = rng.integers(0, len(s), BATCH)
    trace.append(float(update(tf.constant(s[i]), tf.constant(a[i]), tf.constant(r[i]), tf.constant(s2[i]))))
    if k % 100 == 0:
        print(f"update {k:5d}  mean |td| {np.mean(trace[-100:]):.4g}")
