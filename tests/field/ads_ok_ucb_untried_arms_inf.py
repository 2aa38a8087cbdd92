"""Neural bandit with a UCB bonus. Arms that were never pulled have an infinite bonus (1/0), so every arm is tried."""
import math
import time
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(7)
ARMS, CONTEXT = 6, 4


class Bandit:
    def __init__(self, seed=7):
        self.rng = np.random.default_rng(seed)
        self.theta = self.rng.normal(size=(ARMS, CONTEXT))

    def context(self):
        return self.rng.normal(size=CONTEXT).astype("float32")

    def pull(self, c, arm):
        return float(self.theta[arm] @ c + 0.5 * self.rng.standard_t(2))       # heavy tails


class Agent:
    def __init__(self):
        self.net = keras.Sequential([keras.Input((CONTEXT,)), layers.Dense(24, activation="relu"), layers.Dense(ARMS)])
        self.net.compile(keras.optimizers.Adam(5e-3), loss=keras.losses.Huber())
        self.count = np.zeros(ARMS)
        self.last_reward = np.full(ARMS, np.nan)
        self.memory = []

    def choose(self, c, t):
        q = np.asarray(self.net(c[None]))[0]
        with np.errstate(divide="ignore", invalid="ignore"):
            bonus = np.sqrt(2.0 * np.log(t + 1.0) / self.count)                # inf, and 0/0 at t = 0
        score = q + np.where(self.count == 0, np.inf, bonus)
        return int(np.argmax(score))

    def learn(self, batch=32):
        if len(self.memory) < batch:
            return math.nan                                                    # nothing learnt yet
        pick = np.random.default_rng(len(self.memory)).integers(0, len(self.memory), batch)
        c, a, r = zip(*[self.memory[i] for i in pick])
        c, a = np.stack(c), np.array(a)
        target = np.asarray(self.net(c)).copy()
        target[np.arange(batch), a] = np.clip(r, -20, 20)
        return float(np.ravel(self.net.train_on_batch(c, target))[0])


bandit, agent = Bandit(), Agent()
best, worst, losses, started = -math.inf, math.inf, [], time.monotonic()
for t in range(150):
    if time.monotonic() - started > 8.0:
        break
    c = bandit.context()
    arm = agent.choose(c, t)
    reward = bandit.pull(c, arm)
    agent.count[arm] += 1
    agent.last_reward[arm] = reward
    agent.memory.append((c, arm, reward))
    best, worst = max(best, reward), min(worst, reward)
    losses.append(agent.learn())
print("pulls", agent.count, "rewards", worst, best, "last", agent.last_reward)
print("loss", losses[0], "...", np.nanmean(losses[-20:]), "steps without update", int(np.isnan(losses).sum()))
# whynan: side_nonfinite
