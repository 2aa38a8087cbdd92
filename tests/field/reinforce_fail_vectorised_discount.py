"""Policy gradient (REINFORCE) for a battery that buys and sells power at hourly prices.

On episodes of one week the agent learns something. When the episode is the whole 50 days, the loss is nan from the
first long episode on. Rewards are a few tenths at most, the learning rate is tiny, normalising the advantage has a 1e-8.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

GAMMA = 0.9
WEEK, SEASON = 24 * 7, 24 * 50
EPISODES = [WEEK] * 5 + [SEASON] * 3
CAPACITY = 4


def hourly_prices(hours):
    t = np.arange(hours)
    base = 62 + 22 * np.sin((t % 24 - 9) * 2 * np.pi / 24) + 9 * np.sin((t % 24) * 4 * np.pi / 24)
    return (base + rng.normal(0, 6, hours)).clip(-10, 200) / 100.0


class BatteryEnv:
    """Actions: 0 sells one unit, 1 waits, 2 buys one unit."""

    def __init__(self, hours):
        self.prices = hourly_prices(hours)
        self.hour, self.charge = 0, CAPACITY // 2

    def observe(self):
        angle = 2 * np.pi * (self.hour % 24) / 24
        price = self.prices[min(self.hour, len(self.prices) - 1)]
        return np.array([np.sin(angle), np.cos(angle), price - 0.6, self.charge / CAPACITY], dtype="float32")

    def step(self, action):
        change = int(np.clip(self.charge + action - 1, 0, CAPACITY)) - self.charge
        reward = -change * self.prices[self.hour] - 0.01 * abs(change)
        self.charge += change
        self.hour += 1
        return reward, self.hour >= len(self.prices)


policy = keras.Sequential([
    keras.Input((4,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(3),
])
optimizer = keras.optimizers.Adam(1e-3)
optimizer.build(policy.trainable_variables)


@tf.function
def logits_of(state):
    return policy(state)


def rollout(hours):
    env, over = BatteryEnv(hours), False
    states, actions, rewards = [], [], []
    while not over:
        state = env.observe()
        logits = logits_of(tf.constant(state[None, :])).numpy()[0]
        action = int(np.argmax(logits + rng.gumbel(size=3)))
        reward, over = env.step(action)
        states.append(state)
        actions.append(action)
        rewards.append(reward)
    return np.array(states), np.array(actions, dtype="int32"), np.array(rewards, dtype="float32")


def returns_to_go(rewards, gamma):
    # no python loop over the hours: weigh with gamma^t, sum from the end, take the weight off again
    weight = gamma ** np.arange(len(rewards), dtype="float32")
    ahead = np.cumsum((rewards * weight)[::-1])[::-1]
    return ahead / weight  # whynan: exp_underflow phase=data|loss also=divide_by_zero


@tf.function(reduce_retracing=True)
def improve(states, actions, advantage):
    with tf.GradientTape() as tape:
        logits = policy(states, training=True)
        surprise = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=actions, logits=logits)
        entropy = -tf.reduce_mean(tf.reduce_sum(tf.nn.softmax(logits) * tf.nn.log_softmax(logits), axis=1))
        loss = tf.reduce_mean(surprise * advantage) - 0.01 * entropy
    grads = tape.gradient(loss, policy.trainable_variables)
    grads = [tf.clip_by_norm(g, 1.0) for g in grads]
    optimizer.apply_gradients(zip(grads, policy.trainable_variables))
    return loss


for number, hours in enumerate(EPISODES):
    states, actions, rewards = rollout(hours)
    gains = returns_to_go(rewards, GAMMA)
    advantage = (gains - gains.mean()) / (gains.std() + 1e-8)
    loss = improve(tf.constant(states), tf.constant(actions), tf.constant(advantage.astype("float32")))
    print(f"episode {number}: {hours} h, profit per day {24 * rewards.mean():.3f}, loss {float(loss):.4f}")
