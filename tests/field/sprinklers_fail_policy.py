# Policy gradient for a lawn sprinkler: every half hour decide water / no water.
# Rewards are divided by the running std of the discounted return, like VecNormalize in stable-baselines.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)

GAMMA = 0.97
STEPS = 48
EPISODES = 32


class Lawn:
    def reset(self):
        self.t = 0
        self.moist = rng.uniform(0.2, 0.5)
        self.rain_due = rng.uniform() < 0.4
        return self.obs()

    def obs(self):
        day = 2 * np.pi * self.t / STEPS
        return np.array([self.moist, np.sin(day), np.cos(day), float(self.rain_due)], "float32")

    def step(self, water):
        heat = max(0.0, np.sin(2 * np.pi * (self.t - 12) / STEPS))
        rain = rng.gamma(2.0, 0.02) if self.rain_due and rng.uniform() < 0.2 else 0.0
        self.moist = np.clip(self.moist + 0.06 * water + rain - 0.008 - 0.03 * heat, 0.0, 1.0)
        reward = -25.0 * (self.moist - 0.45) ** 2 - 0.3 * water
        self.t += 1
        return self.obs(), reward, self.t == STEPS


class RunningStd:
    """Welford"""

    def __init__(self, shape=()):
        self.count = 0
        self.mean = np.zeros(shape)
        self.m2 = np.zeros(shape)

    def update(self, x):
        self.count += 1
        d = x - self.mean
        self.mean = self.mean + d / self.count
        self.m2 = self.m2 + d * (x - self.mean)

    @property
    def std(self):
        return np.sqrt(self.m2 / (self.count - 1))  # whynan: single_element_variance phase=data also=divide_by_zero


class RewardScaler:
    def __init__(self):
        self.stats = RunningStd()
        self.ret = 0.0

    def start(self):
        self.ret = 0.0

    def __call__(self, r):
        self.ret = GAMMA * self.ret + r
        self.stats.update(self.ret)
        return r / (self.stats.std + 1e-8)


policy = keras.Sequential([keras.Input((4,)), keras.layers.Dense(24, activation="tanh"), keras.layers.Dense(1)])
opt = keras.optimizers.Adam(0.01)


@tf.function
def prob(o):
    return tf.sigmoid(policy(o[None])[0, 0])


@tf.function
def improve(obs, act, ret):
    with tf.GradientTape() as tape:
        logit = policy(obs)[:, 0]
        neg_logp = tf.nn.sigmoid_cross_entropy_with_logits(labels=act, logits=logit)
        loss = tf.reduce_mean(neg_logp * ret)
    opt.apply_gradients(zip(tape.gradient(loss, policy.trainable_variables), policy.trainable_variables))
    return loss


env, scale = Lawn(), RewardScaler()
for ep in range(EPISODES):
    o, done, total = env.reset(), False, 0.0
    scale.start()
    O, A, R = [], [], []
    while not done:
        a = float(rng.uniform() < float(prob(tf.constant(o))))
        nxt, r, done = env.step(a)
        O.append(o), A.append(a), R.append(scale(r))
        o, total = nxt, total + r
    G, acc = np.zeros(STEPS, "float32"), 0.0
    for i in reversed(range(STEPS)):
        acc = R[i] + GAMMA * acc
        G[i] = acc
    loss = improve(tf.constant(np.array(O)), tf.constant(A, tf.float32), tf.constant(G))
    if ep % 4 == 0:
        print(f"episode {ep:3d}  reward {total:8.2f}  watered {int(sum(A)):2d}x  loss {float(loss):.3f}")
