# Which dish goes on the chalk board today? Policy gradient on a simulated kebab stand.
import os
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(4)

DISHES = ["doner", "adana", "falafel", "lentil soup", "iskender"]
CTX = 7


class Stand:
    """Contextual bandit: weather and clock in, takings per customer out."""

    def __init__(self, seed=0):
        self.rng = np.random.default_rng(seed)
        self.taste = self.rng.normal(0, 0.9, (CTX, len(DISHES)))
        self.base = np.array([6.0, 6.1, 5.8, 5.5, 6.2])

    def mornings(self, n):
        temp = self.rng.normal(0, 1, n)
        rain = self.rng.binomial(1, 0.3, n)
        hour = self.rng.uniform(0, 2 * np.pi, n)
        weekend = self.rng.binomial(1, 2 / 7, n)
        queue = self.rng.exponential(1.0, n)
        match = self.rng.binomial(1, 0.1, n)
        c = np.stack([temp, rain, np.sin(hour), np.cos(hour), weekend, queue, match], 1)
        return c.astype("float32")

    def mean_takings(self, ctx):
        return self.base + ctx @ self.taste

    def serve(self, ctx, dish):
        m = self.mean_takings(ctx)[np.arange(len(ctx)), dish]
        return (m + self.rng.normal(0, 1.5, len(ctx))).astype("float32")


policy = keras.Sequential([
    keras.Input((CTX,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(len(DISHES)),
])
opt = keras.optimizers.Adam(1e-2)


@tf.function
def draw(ctx):
    return tf.random.categorical(policy(ctx), 1)[:, 0]


@tf.function
def improve(ctx, dish, reward):
    adv = (reward - tf.reduce_mean(reward)) / (tf.math.reduce_std(reward) + 1e-6)
    with tf.GradientTape() as tape:
        logp_all = tf.nn.log_softmax(policy(ctx))
        logp = tf.gather(logp_all, dish, axis=1, batch_dims=1)
        entropy = -tf.reduce_mean(tf.reduce_sum(tf.exp(logp_all) * logp_all, axis=1))
        loss = -tf.reduce_mean(logp * adv) - 0.01 * entropy
    g = tape.gradient(loss, policy.trainable_variables)
    opt.apply_gradients(zip(g, policy.trainable_variables))
    return loss, entropy


stand = Stand(7)
recent = []
for day in range(500):
    ctx = stand.mornings(96)
    dish = draw(ctx).numpy()
    takings = stand.serve(ctx, dish)
    loss, ent = improve(ctx, tf.constant(dish), takings)  # whynan: healthy
    recent.append(takings.mean())
    if day % 50 == 49:
        print(f"day {day + 1:4d}  loss {float(loss):+.4f}  entropy {float(ent):.3f}  takings {np.mean(recent[-50:]):.3f}")

ctx = stand.mornings(2000)
m = stand.mean_takings(ctx)
choice = policy(ctx).numpy().argmax(1)
print("random  %.3f" % m.mean())
print("policy  %.3f" % m[np.arange(len(m)), choice].mean())
print("oracle  %.3f" % m.max(1).mean())
