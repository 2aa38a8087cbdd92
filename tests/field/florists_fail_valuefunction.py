"""Monte-Carlo evaluation of the shop's current ordering rule for cut tulips and roses.

A small critic learns the expected discounted profit from the state of the shop,
so that the owner can compare the rule with alternatives later.
"""
import numpy as np
import tensorflow as tf
import keras

SEED = 19
SEASON_DAYS = 90
SHOPS = 24
PRICE, COST, DISPOSAL = 350, 140, 15  # euro cents per stem
GAMMA = 0.99

keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)


class FlowerShop:
    """Vectorised over several shops."""

    def __init__(self, shops):
        self.shops = shops

    def reset(self):
        self.day = 0
        self.stock = rng.integers(10, 60, self.shops).astype(float)
        self.trend = rng.normal(0, 0.1, self.shops)
        return self._observe()

    def _observe(self):
        phase = 2 * np.pi * (self.day % 7) / 7
        self.forecast = 60 * (1 + 0.3 * np.sin(phase) + self.trend)
        ones = np.ones(self.shops)
        return np.stack([
            (self.stock - 40) / 25,
            (self.forecast - 60) / 15,
            np.sin(phase) * ones,
            np.cos(phase) * ones,
            self.trend * 10,
            (SEASON_DAYS - self.day) / SEASON_DAYS * ones,
        ], axis=1)

    def step(self, order):
        demand = rng.poisson(np.maximum(self.forecast, 1.0))
        self.stock = self.stock + order
        sold = np.minimum(self.stock, demand)
        wilted = 0.25 * (self.stock - sold)
        profit = PRICE * sold - COST * order - DISPOSAL * wilted
        self.stock = self.stock - sold - wilted
        self.trend = 0.9 * self.trend + rng.normal(0, 0.05, self.shops)
        self.day += 1
        return self._observe(), profit


def current_rule(shop):
    return np.clip(np.round(1.1 * shop.forecast - shop.stock + rng.normal(0, 5, shop.shops)), 0, 150)


def collect(shop):
    states, profits = [], []
    s = shop.reset()
    for _ in range(SEASON_DAYS):
        states.append(s)
        s, r = shop.step(current_rule(shop))
        profits.append(r)
    returns = np.zeros((SEASON_DAYS, shop.shops))
    running = np.zeros(shop.shops)
    for t in reversed(range(SEASON_DAYS)):
        running = profits[t] + GAMMA * running
        returns[t] = running
    return (np.concatenate(states).astype("float32"), returns.reshape(-1).astype("float32"))


critic = keras.Sequential([
    keras.layers.Input((6,)),
    keras.layers.Dense(64), keras.layers.LeakyReLU(negative_slope=0.2),
    keras.layers.Dense(64), keras.layers.LeakyReLU(negative_slope=0.2),
    keras.layers.Dense(1),
])
optimizer = keras.optimizers.SGD(learning_rate=0.01)
optimizer.build(critic.trainable_variables)


@tf.function
def improve(states, returns):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(returns - tf.squeeze(critic(states, training=True), axis=1)))  # whynan: unscaled_target phase=forward|loss
    grads = tape.gradient(loss, critic.trainable_variables)
    optimizer.apply_gradients(zip(grads, critic.trainable_variables))
    return loss


shop = FlowerShop(SHOPS)
for season in range(12):
    states, returns = collect(shop)
    order = rng.permutation(len(states))
    losses = [float(improve(states[i], returns[i])) for i in np.split(order, 20)]
    print(f"season {season:2d}  mean return {returns.mean():10.1f}  critic loss {np.mean(losses):.4g}")
