"""Differentiable trading: a small policy net picks the leverage each day, trained on log wealth at month's end."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(2008)
rng = np.random.default_rng(2008)

ACCOUNTS, DAYS, MEMORY = 32, 20, 5
MAX_LEVERAGE = 3.0
EPISODES = 800


def market(n):
    """Daily returns with drift and a little momentum."""
    r = np.zeros((n, MEMORY + DAYS))
    r[:, 0] = rng.normal(0.004, 0.01, n)
    for t in range(1, MEMORY + DAYS):
        r[:, t] = 0.0034 + 0.15 * r[:, t - 1] + rng.normal(0, 0.01, n)
    return r.astype("float32")


policy = keras.Sequential([
    keras.Input((MEMORY,)),
    layers.Dense(16, activation="tanh"),
    layers.Dense(1, activation="sigmoid"),
])
optimizer = keras.optimizers.Adam(5e-3)


class Desk:
    def __init__(self):
        self.wealth = tf.Variable(tf.ones([ACCOUNTS]), trainable=False)

    @tf.function
    def episode(self, returns):
        with tf.GradientTape() as tape:
            wealth = self.wealth.read_value()
            for day in range(MEMORY, MEMORY + DAYS):
                seen = 100.0 * returns[:, day - MEMORY:day]
                leverage = MAX_LEVERAGE * policy(seen, training=True)[:, 0]
                wealth = wealth * (1.0 + leverage * returns[:, day])  # whynan: exploding_gradient phase=forward|loss also=exp_overflow
            loss = -tf.reduce_mean(tf.math.log(wealth))
        grads = tape.gradient(loss, policy.trainable_variables)
        optimizer.apply_gradients(zip(grads, policy.trainable_variables))
        self.wealth.assign(wealth)
        return loss, tf.reduce_mean(leverage)


desk = Desk()
best = -np.inf
for k in range(EPISODES):
    loss, lev = desk.episode(tf.constant(market(ACCOUNTS)))
    best = max(best, -float(loss))
    if k % 50 == 0:
        print(f"episode {k:4d}  log wealth {-float(loss):8.3f}  leverage {float(lev):.2f}  best {best:8.3f}")

test = market(500)
money = np.ones(500)
for day in range(MEMORY, MEMORY + DAYS):
    a = MAX_LEVERAGE * policy.predict(100 * test[:, day - MEMORY:day], verbose=0)[:, 0]
    money *= 1 + a * test[:, day]
print("median month on fresh markets: %+.1f %%" % (100 * (np.median(money) - 1)))
