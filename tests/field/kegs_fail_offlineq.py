"""Offline Q-learning: how many kegs should the pub order tonight?

We have two years of logged nights from a random-ish ordering policy. State: stock,
weekday (sin, cos), forecast temperature, a match-day flag and the rent of the line.
Actions: order 0, 5, 10, 15 or 20 kegs. The reward is the night's margin from the till.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

ORDERS = np.array([0, 5, 10, 15, 20])
PRICE_CT, COST_CT, HOLD_CT = 38_900, 14_500, 350      # per keg, in cents
GAMMA, LR, BATCH = 0.95, 1e-3, 64


def observe(stock, day, temp, match):
    return np.array([stock / 20 - 1, np.sin(2 * np.pi * day / 7), np.cos(2 * np.pi * day / 7),
                     (temp - 14) / 8, match], dtype=np.float32)


def log_book(nights):
    rows = []
    stock, temp = 20.0, 14.0
    for day in range(nights):
        match = float(rng.random() < 0.2)
        s = observe(stock, day, temp, match)
        a = rng.integers(len(ORDERS))
        stock = min(stock + ORDERS[a], 40)
        wanted = rng.poisson(8 + 0.2 * temp + 5 * match + 3 * (day % 7 in (4, 5)))
        sold = min(stock, wanted)
        stock -= sold
        reward = sold * PRICE_CT - ORDERS[a] * COST_CT - stock * HOLD_CT
        temp = 14 + 0.9 * (temp - 14) + rng.normal(0, 3)
        rows.append((s, a, reward, observe(stock, day + 1, temp, 0.0)))
    s, a, r, s2 = map(np.array, zip(*rows))
    return s, a.astype(np.int32), r.astype(np.float32), s2


def make_q():
    return keras.Sequential([
        keras.Input((5,)),
        keras.layers.Dense(48, activation="leaky_relu"),
        keras.layers.Dense(48, activation="leaky_relu"),
        keras.layers.Dense(len(ORDERS)),
    ])


q, q_frozen = make_q(), make_q()
q_frozen.set_weights(q.get_weights())
opt = keras.optimizers.SGD(LR)


@tf.function
def learn(s, a, r, s2):
    target = r + GAMMA * tf.reduce_max(q_frozen(s2), axis=1)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(target - tf.reduce_sum(q(s) * tf.one_hot(a, len(ORDERS)), axis=1)))  # whynan: unscaled_target phase=forward|loss
    grads = tape.gradient(loss, q.trainable_variables)
    opt.apply_gradients(zip(grads, q.trainable_variables))
    return loss


states, actions, rewards, nexts = log_book(730)
print("nights: %d, mean order: %.1f kegs" % (len(states), ORDERS[actions].mean()))

running = []
for step in range(1, 601):
    pick = rng.integers(0, len(states), BATCH)
    running.append(float(learn(states[pick], actions[pick], rewards[pick], nexts[pick])))
    if step % 150 == 0:
        q_frozen.set_weights(q.get_weights())
        print(f"step {step:4d}  td loss {np.mean(running[-150:]):.4g}")

best = ORDERS[np.argmax(q(states[:7]).numpy(), axis=1)]
print("suggested orders for the first week:", best)
