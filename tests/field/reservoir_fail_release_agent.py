"""Deep Q-learning for the weekly release of a small irrigation reservoir (four gate positions).

Observations go through a running normalisation because storage, inflow and demand have very different scales.
The loss looks perfectly normal after the warm-up and then, after some updates, it is nan and stays nan; the agent
keeps gate 0 for ever. With another seed it happens at another update. Huber loss, target network and a smaller
learning rate made no difference, the rewards are between -3 and 0.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(4)
rng = np.random.default_rng(4)

GATES = np.array([0.0, 2.0, 4.0, 7.0])
CFG = dict(gamma=0.97, batch=32, warmup=500, every=4, sync=50, steps=1900, lr=1e-3)


class Reservoir:
    capacity = 60.0

    def reset(self):
        self.week = int(rng.integers(0, 52))
        self.storage = rng.uniform(20.0, 45.0)
        return self._observe()

    def _observe(self):
        season = 2.0 * np.pi * self.week / 52.0
        self.inflow = rng.gamma(2.0, 1.2 + 0.8 * np.cos(season))
        self.demand = 3.0 - 2.2 * np.cos(season) + rng.normal(0.0, 0.2)
        return np.array([self.storage, self.inflow, self.demand, np.cos(season), np.sin(season)])

    def step(self, action):
        release = min(GATES[action], self.storage + self.inflow)
        level = self.storage + self.inflow - release
        spill = max(level - self.capacity, 0.0)
        self.storage = min(level, self.capacity)
        shortage = max(self.demand - release, 0.0)
        reward = -0.4 * shortage - 0.1 * min(spill, 10.0)
        self.week += 1
        return self._observe(), reward, self.week % 52 == 0


class RunningNorm:
    """Welford's update; the observation is used as soon as it has been seen."""

    def __init__(self, size, limit=5.0, eps=1e-8):
        self.count, self.limit, self.eps = 0, limit, eps
        self.mean, self.m2 = np.zeros(size), np.zeros(size)

    def __call__(self, obs):
        self.count += 1
        delta = obs - self.mean
        self.mean = self.mean + delta / self.count
        self.m2 = self.m2 + delta * (obs - self.mean)
        std = np.sqrt(self.m2 / (self.count - 1) + self.eps)  # whynan: single_element_variance phase=data also=nan_in_input,divide_by_zero,zero_variance_normalisation
        return np.clip((obs - self.mean) / std, -self.limit, self.limit).astype("float32")


def q_network():
    return keras.Sequential([
        keras.Input((5,)),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(len(GATES)),
    ])


def update(online, target, optimizer, batch):
    obs, act, rew, nxt, done = batch
    goal = rew + CFG["gamma"] * (1.0 - done) * tf.reduce_max(target(nxt), axis=1)
    with tf.GradientTape() as tape:
        chosen = tf.reduce_sum(online(obs) * tf.one_hot(act, len(GATES)), axis=1)
        error = tf.abs(goal - chosen)
        loss = tf.reduce_mean(tf.where(error < 1.0, 0.5 * error**2, error - 0.5))
    grads = tape.gradient(loss, online.trainable_variables)
    optimizer.apply_gradients(zip(grads, online.trainable_variables))
    return float(loss)


online, target = q_network(), q_network()
target.set_weights(online.get_weights())
optimizer = keras.optimizers.Adam(CFG["lr"])
env, norm = Reservoir(), RunningNorm(5)

n = CFG["steps"]
memory = [np.zeros((n, 5), "float32"), np.zeros(n, "int32"), np.zeros(n, "float32"),
          np.zeros((n, 5), "float32"), np.zeros(n, "float32")]
obs, updates = norm(env.reset()), 0
for step in range(n):
    if rng.random() < max(0.1, 1.0 - step / 1000.0):
        action = int(rng.integers(len(GATES)))
    else:
        action = int(np.argmax(online(obs[None]).numpy()[0]))
    raw, reward, done = env.step(action)
    nxt = norm(raw)
    for store, value in zip(memory, (obs, action, reward, nxt, float(done))):
        store[step] = value
    obs = norm(env.reset()) if done else nxt
    if step >= CFG["warmup"] and step % CFG["every"] == 0:
        rows = rng.integers(0, step + 1, CFG["batch"])
        loss = update(online, target, optimizer, [store[rows] for store in memory])
        updates += 1
        if updates % CFG["sync"] == 0:
            target.set_weights(online.get_weights())
        if updates % 25 == 0:
            print(f"update {updates:4d}  td loss {loss:.4f}")
