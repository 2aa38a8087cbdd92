"""Deep Q-learning of a raven that walks along a log and has food hidden at its far end.

32 birds are simulated at the same time, all of them feed one replay memory.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(4)
rng = np.random.default_rng(4)

SPOTS = 10
EATEN = SPOTS                       # absorbing state
LEFT, RIGHT, EAT = 0, 1, 2
GAMMA = 0.95
BIRDS, MEMORY, BATCH = 32, 8000, 128

LEGAL = np.ones((SPOTS + 1, 3), bool)
LEGAL[0, LEFT] = False
LEGAL[SPOTS - 1, RIGHT] = False
LEGAL[: SPOTS - 1, EAT] = False
LEGAL[EATEN] = False
LEGAL_T = tf.constant(LEGAL)


def make_net():
    return keras.Sequential([
        keras.Input((SPOTS + 1,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(3),
    ])


online, target = make_net(), make_net()
target.set_weights(online.get_weights())
opt = keras.optimizers.Adam(5e-3)


@tf.function
def q_values(s):
    return online(tf.one_hot(s, SPOTS + 1))


@tf.function
def learn(s, a, r, s2):
    q_next = tf.where(tf.gather(LEGAL_T, s2), target(tf.one_hot(s2, SPOTS + 1)), -np.inf)
    best = tf.reduce_max(q_next, axis=1)
    goal = tf.where(s2 == EATEN, r, r + GAMMA * best)
    with tf.GradientTape() as tape:
        q = tf.gather(online(tf.one_hot(s, SPOTS + 1)), a, batch_dims=1)
        loss = tf.reduce_mean(tf.square(q - goal))
    grads = tape.gradient(loss, online.trainable_variables)
    opt.apply_gradients(zip(grads, online.trainable_variables))
    return loss


mem_s = np.zeros(MEMORY, "int32")
mem_a = np.zeros(MEMORY, "int32")
mem_r = np.zeros(MEMORY, "float32")
mem_s2 = np.zeros(MEMORY, "int32")
pos = np.zeros(BIRDS, "int32")
age = np.zeros(BIRDS, int)
filled, losses, meals = 0, [], 0

for it in range(1200):
    eps = max(0.1, 1.0 - it / 600)
    legal = LEGAL[pos]
    greedy = np.where(legal, q_values(tf.constant(pos)).numpy(), -np.inf).argmax(1)
    anything = np.where(legal, rng.random((BIRDS, 3)), -1).argmax(1)
    act = np.where(rng.random(BIRDS) < eps, anything, greedy).astype("int32")
    nxt = np.where(act == EAT, EATEN, pos + np.where(act == RIGHT, 1, -1)).astype("int32")
    reward = np.where(act == EAT, 10.0, 0.0).astype("float32")

    slot = (filled + np.arange(BIRDS)) % MEMORY
    mem_s[slot], mem_a[slot], mem_r[slot], mem_s2[slot] = pos, act, reward, nxt
    filled += BIRDS
    meals += int((nxt == EATEN).sum())
    age += 1
    over = (nxt == EATEN) | (age > 80)
    pos = np.where(over, 0, nxt).astype("int32")
    age[over] = 0

    pick = rng.integers(0, min(filled, MEMORY), BATCH)
    loss = learn(tf.constant(mem_s[pick]), tf.constant(mem_a[pick]), tf.constant(mem_r[pick]), tf.constant(mem_s2[pick]))  # whynan: healthy
    losses.append(float(loss))
    if it % 20 == 19:
        target.set_weights(online.get_weights())
    if it % 100 == 99:
        print(f"{it + 1:5d}  eps {eps:.2f}  td loss {np.mean(losses):.4f}  meals {meals}")
        losses, meals = [], 0

table = q_values(tf.range(SPOTS)).numpy().round(2)
for spot, row in enumerate(table):
    names = [f"{name} {v:6.2f}" for name, v, ok in zip(("left", "right", "eat"), row, LEGAL[spot]) if ok]
    print(f"spot {spot}:", "  ".join(names))
