"""Soft actor-critic for a one-step bidding problem (contextual bandit, two continuous bids in [-1, 1]).
Automatic temperature as in the second SAC paper."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(71)
CONTEXT, BIDS, BATCH = 6, 2, 64
TARGET_ENTROPY = float(BIDS)      # "dim(A)"


class Policy(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.Sequential([layers.Dense(32, activation="tanh"), layers.Dense(32, activation="tanh")])
        self.mean = layers.Dense(BIDS, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01))
        self.log_std = layers.Dense(BIDS, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01))

    def call(self, s):
        h = self.body(s)
        mean = tf.clip_by_value(self.mean(h), -3.0, 3.0)
        log_std = tf.clip_by_value(self.log_std(h), -5.0, 1.0)
        noise = tf.random.normal(tf.shape(mean), seed=5)
        u = mean + tf.exp(log_std) * noise
        gauss = -0.5 * tf.square(noise) - log_std - 0.5 * np.log(2 * np.pi)
        # log(1 - tanh(u)^2), numerically stable form
        squash = 2.0 * (np.log(2.0) - u - tf.nn.softplus(-2.0 * u))
        return tf.tanh(u), tf.reduce_sum(gauss - squash, axis=-1)


class Agent:
    def __init__(self):
        self.policy = Policy()
        self.critic = keras.Sequential([layers.Dense(32, activation="tanh"), layers.Dense(1)])
        self.log_alpha = tf.Variable(0.0, name="log_alpha")
        self.policy_opt = keras.optimizers.Adam(3e-4, clipvalue=1.0)
        self.critic_opt = keras.optimizers.Adam(1e-3)
        self.alpha_lr = 0.05
        # create all weights outside of tf.function
        self.policy(tf.zeros((1, CONTEXT)))
        self.critic(tf.zeros((1, CONTEXT + BIDS)))
        self.policy_opt.build(self.policy.trainable_variables)
        self.critic_opt.build(self.critic.trainable_variables)

    def temperature(self):
        return tf.exp(self.log_alpha)  # whynan: exp_overflow phase=loss|forward also=wrong_sign_loss,exploding_gradient,unconstrained_scale,learning_rate_too_high

    @tf.function
    def update(self, s, a, r):
        with tf.GradientTape() as tape:
            q = self.critic(tf.concat([s, a], -1))[:, 0]
            critic_loss = tf.reduce_mean(tf.square(q - r))
        self.critic_opt.apply_gradients(zip(tape.gradient(critic_loss, self.critic.trainable_variables), self.critic.trainable_variables))

        with tf.GradientTape(persistent=True) as tape:
            action, logp = self.policy(s)
            alpha = self.temperature()
            alpha_loss = -alpha * tf.reduce_mean(tf.stop_gradient(logp) + TARGET_ENTROPY)
            q = self.critic(tf.concat([s, action], -1))[:, 0]
            policy_loss = tf.reduce_mean(tf.stop_gradient(alpha) * logp - q)
        grads = tape.gradient(policy_loss, self.policy.trainable_variables)
        self.policy_opt.apply_gradients(zip(grads, self.policy.trainable_variables))
        self.log_alpha.assign_sub(self.alpha_lr * tape.gradient(alpha_loss, self.log_alpha))
        return critic_loss, policy_loss, alpha_loss


def auction(rng):
    s = rng.normal(size=(BATCH, CONTEXT)).astype("float32")
    a = rng.uniform(-1, 1, size=(BATCH, BIDS)).astype("float32")
    r = -np.square(a - np.tanh(s[:, :BIDS])).sum(axis=1).astype("float32")
    return s, a, r


if __name__ == "__main__":
    rng = np.random.default_rng(6)
    agent = Agent()
    for it in range(250):
        c, p, t = agent.update(*(tf.constant(v) for v in auction(rng)))
        if it % 25 == 0:
            print(f"{it:4d} critic {float(c):.4f} policy {float(p):.4f} alpha {float(t):.4f}")
