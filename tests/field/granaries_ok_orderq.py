# Q-learning from logged seasons: how much grain should the store order each week?
# Orders that do not fit into the silo are not allowed.
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)

CAP, ORDERS, WEEKS, GAMMA = 12, 6, 10, 0.8
demand = np.array([2, 3, 5, 4, 1, 6, 3, 2, 5, 4])


def allowed(stock):
    return np.arange(ORDERS) + stock <= CAP


def encode(stock, week):
    return np.r_[stock / CAP, np.eye(WEEKS + 1)[week]]


def simulate(stock, week, order):
    have = stock + order
    sold = min(have, demand[week])
    profit = 3.0 * sold - 1.0 * order - 0.2 * (have - sold)
    return profit, have - sold


log = []
for season in range(250):
    stock = rng.integers(0, CAP + 1)
    for week in range(WEEKS):
        order = rng.choice(np.flatnonzero(allowed(stock)))
        profit, nxt = simulate(stock, week, order)
        done = week == WEEKS - 1
        next_ok = np.zeros(ORDERS, bool) if done else allowed(nxt)
        log.append((encode(stock, week), order, profit, encode(nxt, week + 1), next_ok, done))
        stock = nxt

S, A, R, S2, OK2, DONE = (np.array(col) for col in zip(*log))
S, R, S2 = S.astype("float32"), R.astype("float32"), S2.astype("float32")
A = A.astype("int32")


def make_q():
    return keras.Sequential([
        keras.Input((S.shape[1],)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(ORDERS),
    ])


online, target = make_q(), make_q()
target.set_weights(online.get_weights())
opt = keras.optimizers.Adam(3e-3)
opt.build(online.trainable_variables)


@tf.function
def update(s, a, r, s2, ok2, done):
    q_next = tf.where(ok2, target(s2), -np.inf)
    best = tf.reduce_max(q_next, axis=1)
    goal = r + tf.where(done, 0.0, GAMMA * best)
    with tf.GradientTape() as tape:
        q = tf.reduce_sum(online(s, training=True) * tf.one_hot(a, ORDERS), axis=1)
        loss = tf.reduce_mean(tf.square(goal - q))
    grads = tape.gradient(loss, online.trainable_variables)
    opt.apply_gradients(zip(grads, online.trainable_variables))
    return loss


recent = []
for step in range(1500):
    i = rng.integers(0, len(S), 128)
    recent.append(float(update(S[i], A[i], R[i], S2[i], OK2[i], DONE[i])))  # whynan: healthy
    if step % 50 == 49:
        target.set_weights(online.get_weights())
    if step % 250 == 249:
        print(f"step {step + 1:5d}  td loss {np.mean(recent):8.3f}")
        recent = []

stock, total = 4, 0.0
for week in range(WEEKS):
    q = online(encode(stock, week)[None].astype("float32")).numpy()[0]
    order = int(np.argmax(np.where(allowed(stock), q, -np.inf)))
    profit, stock = simulate(stock, week, order)
    total += profit
print("profit of the greedy season:", round(total, 1))
