"""A2C on a corridor with a reverse curriculum: the start moves away from the goal after every update."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(21)
N_ENVS, HORIZON, GAMMA = 16, 12, 0.97


class Corridor:
    """Goal at 0, reward 1 on arrival, nothing else.  All environments in lockstep."""

    def __init__(self, n):
        self.n = n

    def reset(self, distance):
        self.pos = np.full(self.n, distance, "int64")
        self.done = np.zeros(self.n, bool)
        return self.observe()

    def observe(self):
        return np.stack([self.pos / 20.0, np.sqrt(self.pos) / 5.0, np.ones(self.n)], 1).astype("float32")

    def step(self, action):
        move = np.where(action == 0, -1, 1)
        self.pos = np.where(self.done, self.pos, np.clip(self.pos + move, 0, 40))
        arrived = (self.pos == 0) & ~self.done
        self.done |= arrived
        return self.observe(), arrived.astype("float32")


def discounted(rewards, gamma):
    out = np.zeros_like(rewards)
    running = np.zeros(rewards.shape[1], "float32")
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        out[t] = running
    return out


def standardize(x):
    return (x - x.mean()) / x.std()  # whynan: zero_variance_normalisation phase=data|loss also=divide_by_zero


class Agent(keras.Model):
    def __init__(self):
        super().__init__()
        self.h = layers.Dense(32, activation="tanh")
        self.logits = layers.Dense(2)
        self.v = layers.Dense(1)

    def call(self, x):
        h = self.h(x)
        return self.logits(h), tf.squeeze(self.v(h), -1)


def collect(env, agent, distance, rng):
    obs = env.reset(distance)
    O, A, R = [], [], []
    for _ in range(HORIZON):
        logits, _ = agent(obs)
        p1 = tf.nn.softmax(logits).numpy()[:, 1]
        a = (rng.random(env.n) < p1).astype("int64")
        O.append(obs), A.append(a)
        obs, r = env.step(a)
        R.append(r)
    targets = standardize(discounted(np.stack(R), GAMMA))
    return np.concatenate(O), np.concatenate(A), targets.reshape(-1)


agent, env = Agent(), Corridor(N_ENVS)
opt = keras.optimizers.Adam(5e-3)
rng = np.random.default_rng(8)
agent(np.zeros((1, 3), "float32"))


@tf.function
def update(obs, act, ret):
    with tf.GradientTape() as tape:
        logits, value = agent(obs)
        adv = tf.stop_gradient(ret - value)
        nll = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=act, logits=logits)
        ent = tf.nn.softmax_cross_entropy_with_logits(labels=tf.nn.softmax(logits), logits=logits)
        loss = tf.reduce_mean(nll * adv) + 0.5 * tf.reduce_mean((ret - value) ** 2) - 0.01 * tf.reduce_mean(ent)
    grads = tape.gradient(loss, agent.trainable_variables)
    opt.apply_gradients(zip(grads, agent.trainable_variables))
    return loss


for it in range(12):
    loss = update(*map(tf.constant, collect(env, agent, 2 + 3 * it, rng)))
    print(it, "loss", float(loss))
