"""Which of four locksmiths should get a call?  PPO on single decisions, the payoff of a call is very noisy.

The critic's loss doubles during training, the total with it, and the policy part is about zero all the time.  The
payoff per call, which is all that I want, goes up.  Updates of a round end early when the policy has moved enough.
"""
# whynan: healthy
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(205)
rng = np.random.default_rng(205)


@dataclass
class Settings:
    rounds: int = 120
    calls: int = 512
    passes: int = 4
    clip: float = 0.2
    enough: float = 0.03
    value_weight: float = 0.5
    entropy_weight: float = 0.01


class Town:
    """The right man for a call brings in most on average, but his payoffs spread widely too."""

    def __init__(self, features=5, smiths=4):
        self.features = features
        self.skill = rng.normal(size=(features, smiths)) * 1.5 / np.sqrt(features)

    def calls(self, n):
        return rng.normal(size=(n, self.features)).astype("float32")

    def payoff(self, calls, chosen):
        mean = calls @ self.skill
        spread = np.where(chosen == mean.argmax(axis=1), 3.0, 0.6)
        return (mean[np.arange(len(chosen)), chosen] + spread * rng.normal(size=len(chosen))).astype("float32")


class Dispatcher(keras.Model):
    def __init__(self, smiths=4):
        super().__init__()
        self.trunk = keras.layers.Dense(32, activation="tanh")
        self.policy = keras.layers.Dense(smiths)
        self.worth = keras.layers.Dense(1)

    def call(self, calls):
        hidden = self.trunk(calls)
        return self.policy(hidden), tf.squeeze(self.worth(hidden), axis=-1)


cfg = Settings()
town = Town()
net = Dispatcher()
net(town.calls(1))
optimizer = keras.optimizers.Adam(3e-3)


def log_prob(logits, chosen):
    return tf.gather(tf.nn.log_softmax(logits), chosen, axis=1, batch_dims=1)


@tf.function
def update(calls, chosen, payoff, advantage, old):
    with tf.GradientTape() as tape:
        logits, worth = net(calls)
        new = log_prob(logits, chosen)
        ratio = tf.exp(new - old)
        bounded = tf.clip_by_value(ratio, 1.0 - cfg.clip, 1.0 + cfg.clip)
        policy_loss = -tf.reduce_mean(tf.minimum(ratio * advantage, bounded * advantage))
        value_loss = tf.reduce_mean(tf.square(payoff - worth))
        entropy = -tf.reduce_mean(tf.reduce_sum(tf.nn.softmax(logits) * tf.nn.log_softmax(logits), axis=1))
        loss = policy_loss + cfg.value_weight * value_loss - cfg.entropy_weight * entropy
    grads = tape.gradient(loss, net.trainable_variables)
    grads, _ = tf.clip_by_global_norm(grads, 1.0)
    optimizer.apply_gradients(zip(grads, net.trainable_variables))
    return loss, policy_loss, value_loss, tf.reduce_mean(old - new)


for number in range(cfg.rounds):
    calls = town.calls(cfg.calls)
    logits, worth = net(calls)
    chosen = tf.random.categorical(logits, 1, dtype=tf.int32)[:, 0]
    payoff = town.payoff(calls, chosen.numpy())
    advantage = payoff - worth.numpy()
    advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-6)
    old = log_prob(logits, chosen)
    for _ in range(cfg.passes):
        loss, policy_loss, value_loss, moved = update(calls, chosen, payoff, advantage, old)
        if float(moved) > cfg.enough:
            break
    if number % 10 == 0 or number == cfg.rounds - 1:
        print(
            f"round {number:3d}  payoff {payoff.mean():+.2f}  loss {float(loss):.2f}  "
            f"policy {float(policy_loss):+.4f}  critic {float(value_loss):.2f}"
        )
