"""Bitcoin bot, REINFORCE from the policy gradient lesson of an online course.

CartPole runs fine with my train step.  With my own environment the loss of the first
episode is nan and the bot then does the same thing for ever.  The rewards are small
(log returns), the advantages are standardised, gradients are clipped to 0.5.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(3)

HOLD, BUY, SELL = 0, 1, 2


class Exchange:
    """One coin, all in or all out, daily closes."""

    def __init__(self, closes, window=8, fee=0.001, cash=10_000.0, length=60):
        self.closes = closes
        self.window, self.fee, self.length = window, fee, length
        self.start_cash = cash

    def reset(self, start):
        self.t = start
        self.last = start + self.length
        self.cash, self.coins = self.start_cash, 0.0
        return self.state()

    @property
    def worth(self):
        return self.cash + self.coins * self.closes[self.t]

    def state(self):
        recent = self.closes[self.t - self.window:self.t + 1]
        returns = np.diff(np.log(recent)) / 0.02
        wallet = [self.cash, self.coins * self.closes[self.t]]
        return np.concatenate([returns, wallet]).astype("float32")

    def step(self, action):
        before = self.worth
        price = self.closes[self.t]
        if action == BUY and self.cash > 0.0:
            self.coins, self.cash = self.cash * (1.0 - self.fee) / price, 0.0
        elif action == SELL and self.coins > 0.0:
            self.cash, self.coins = self.coins * price * (1.0 - self.fee), 0.0
        self.t += 1
        return self.state(), float(np.log(self.worth / before)), self.t >= self.last


class Policy(keras.Model):
    def __init__(self, n_actions=3, units=(32, 32)):
        super().__init__()
        self.trunk = [keras.layers.Dense(n, activation="relu") for n in units]
        self.head = keras.layers.Dense(n_actions, activation="softmax")

    def call(self, state):
        for layer in self.trunk:
            state = layer(state)
        return self.head(state)


class Agent:
    def __init__(self, gamma=0.98, entropy_weight=0.01, lr=1e-3, seed=5):
        self.policy = Policy()
        self.optimizer = keras.optimizers.Adam(lr)
        self.gamma, self.entropy_weight = gamma, entropy_weight
        self.rng = np.random.default_rng(seed)

    def act(self, state):
        probs = self.policy(state[None, :]).numpy()[0]
        draw = int(np.searchsorted(np.cumsum(probs), self.rng.random()))
        return min(draw, len(probs) - 1)

    def advantages(self, rewards):
        total, returns = 0.0, []
        for r in reversed(rewards):
            total = r + self.gamma * total
            returns.append(total)
        returns = np.array(returns[::-1])
        return ((returns - returns.mean()) / (returns.std() + 1e-8)).astype("float32")

    @tf.function
    def learn(self, states, actions, advantages):
        with tf.GradientTape() as tape:
            probs = self.policy(states)
            chosen = tf.gather(probs, actions, batch_dims=1)
            log_chosen = tf.math.log(tf.maximum(chosen, 1e-8))
            entropy = -tf.reduce_sum(probs * tf.math.log(probs), axis=1)  # whynan: log_of_zero phase=loss also=unscaled_input,exp_underflow
            loss = -tf.reduce_mean(log_chosen * advantages + self.entropy_weight * entropy)
        grads = tape.gradient(loss, self.policy.trainable_variables)
        grads, norm = tf.clip_by_global_norm(grads, 0.5)
        self.optimizer.apply_gradients(zip(grads, self.policy.trainable_variables))
        return loss, norm


def sharpe(log_returns):
    log_returns = np.asarray(log_returns)
    return float(log_returns.mean() / (log_returns.std() + 1e-8) * np.sqrt(365.0))


def closes(n=700, start=27_150.0, seed=17):
    rng = np.random.default_rng(seed)
    volatility = 0.02 * np.exp(0.3 * np.sin(np.arange(n) / 60.0))
    return np.round(start * np.exp(np.cumsum(rng.normal(0.0004, 1.0, n) * volatility)), 2)


def play(agent, market, start):
    states, actions, rewards = [], [], []
    state, done = market.reset(start), False
    while not done:
        action = agent.act(state)
        states.append(state)
        actions.append(action)
        state, reward, done = market.step(action)
        rewards.append(reward)
    return np.stack(states), np.array(actions, "int32"), rewards


if __name__ == "__main__":
    market, agent = Exchange(closes()), Agent()
    starts = np.random.default_rng(1).integers(market.window, 600, 10)
    for episode, start in enumerate(starts):
        states, actions, rewards = play(agent, market, int(start))
        loss, norm = agent.learn(states, actions, agent.advantages(rewards))
        used = np.bincount(actions, minlength=3)
        print(f"{episode:3d} worth {market.worth:9.2f} sharpe {sharpe(rewards):6.2f} "
              f"hold/buy/sell {used} loss {float(loss):.4f} norm {float(norm):.3f}")
