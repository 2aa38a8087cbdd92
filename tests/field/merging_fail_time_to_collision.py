"""A2C for keeping distance on the motorway slip road, eight simulated cars side by side.

The policy produces nan after the first rollout. Observations go through a running normaliser and are
clipped to +-10 like in stable-baselines, the advantages are normalised as well, and the learning rate
is small. The cars behave sensibly until then.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(2)

CFG = {"envs": 8, "rollout": 48, "updates": 12, "gamma": 0.97, "entropy": 0.01, "lr": 7e-4}
ACCELERATION = np.array([-3.0, 0.0, 1.5])
DT = 0.5


class SlipRoad:
    def __init__(self, n, seed):
        self.rng = np.random.default_rng(seed)
        self.gap, self.speed, self.lead = np.zeros(n), np.zeros(n), np.zeros(n)
        self._respawn(np.ones(n, bool))

    def _respawn(self, who):
        k = int(who.sum())
        self.gap[who] = self.rng.uniform(35, 60, k)
        self.speed[who] = self.rng.uniform(24, 28, k)
        self.lead[who] = self.rng.uniform(18, 22, k)

    def observe(self):
        closing = self.speed - self.lead
        ttc = self.gap / np.maximum(closing, 0.0)  # whynan: inf_in_input phase=data also=divide_by_zero,nan_in_input
        return np.stack([self.gap, self.speed, closing, ttc], axis=1)

    def step(self, action):
        self.speed = np.clip(self.speed + ACCELERATION[action] * DT, 0.0, 36.0)
        self.lead = np.clip(self.lead + self.rng.normal(0, 0.3, len(self.lead)), 10.0, 30.0)
        self.gap = self.gap + (self.lead - self.speed) * DT
        crash = self.gap < 2.0
        reward = 1.0 - np.abs(self.gap - 25.0) / 25.0 - 10.0 * crash
        done = crash | (self.gap > 150.0)
        self._respawn(done)
        return self.observe(), reward, done


class RunningNorm:
    def __init__(self, width, clip=10.0):
        self.mean, self.var, self.count, self.clip = np.zeros(width), np.ones(width), 1e-4, clip

    def __call__(self, batch):
        mean, var, n = batch.mean(0), batch.var(0), len(batch)
        delta, total = mean - self.mean, self.count + n
        m2 = self.var * self.count + var * n + delta ** 2 * self.count * n / total
        self.mean, self.var, self.count = self.mean + delta * n / total, m2 / total, total
        scaled = (batch - self.mean) / np.sqrt(self.var + 1e-8)
        return np.clip(scaled, -self.clip, self.clip).astype("float32")


trunk = keras.Sequential([keras.Input((4,)), keras.layers.Dense(32, activation="tanh"),
                          keras.layers.Dense(32, activation="tanh")])
actor = keras.Sequential([keras.Input((32,)), keras.layers.Dense(3)])
critic = keras.Sequential([keras.Input((32,)), keras.layers.Dense(1)])
weights = trunk.trainable_variables + actor.trainable_variables + critic.trainable_variables
optimizer = keras.optimizers.RMSprop(CFG["lr"], global_clipnorm=0.5)

env, norm = SlipRoad(CFG["envs"], seed=2), RunningNorm(4)
sampler = np.random.default_rng(3)
obs = norm(env.observe())

for update in range(CFG["updates"]):
    seen, acted, rewards, dones = [], [], [], []
    for _ in range(CFG["rollout"]):
        logits = actor(trunk(obs)).numpy()
        action = np.argmax(logits + sampler.gumbel(size=logits.shape), axis=1)
        raw, reward, done = env.step(action)
        seen.append(obs), acted.append(action), rewards.append(reward), dones.append(done)
        obs = norm(raw)
    future = critic(trunk(obs)).numpy()[:, 0]
    returns = []
    for reward, done in zip(reversed(rewards), reversed(dones)):
        future = reward + CFG["gamma"] * future * ~done
        returns.append(future)
    returns = np.concatenate(returns[::-1]).astype("float32")
    states, actions = np.concatenate(seen), np.concatenate(acted)

    with tf.GradientTape() as tape:
        hidden = trunk(states)
        logp = tf.nn.log_softmax(actor(hidden))
        value = critic(hidden)[:, 0]
        advantage = tf.stop_gradient(returns - value)
        advantage = (advantage - tf.reduce_mean(advantage)) / (tf.math.reduce_std(advantage) + 1e-8)
        chosen = tf.gather(logp, actions, batch_dims=1)
        entropy = -tf.reduce_mean(tf.reduce_sum(tf.exp(logp) * logp, axis=1))
        loss = (-tf.reduce_mean(chosen * advantage) + 0.5 * tf.reduce_mean(tf.square(returns - value))
                - CFG["entropy"] * entropy)
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    print(f"update {update:2d}  loss {float(loss):9.4f}  reward {np.mean(rewards):7.3f}")
