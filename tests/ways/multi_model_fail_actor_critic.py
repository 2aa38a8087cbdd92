import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(99)
rng = np.random.default_rng(99)


class Corridor:
    """Walk right to reach the end; reward -1 a step."""

    def __init__(self, n=6):
        self.n = n

    def reset(self):
        self.pos, self.t = 0, 0
        return self.obs()

    def obs(self):
        return np.array([self.pos / self.n, self.t / 20], "float32")

    def step(self, action):
        self.pos = max(0, self.pos + (1 if action == 1 else -1))
        self.t += 1
        done = self.pos >= self.n or self.t >= 20
        return self.obs(), -1.0, done


actor = keras.Sequential([keras.Input((2,)), layers.Dense(16, activation="tanh"), layers.Dense(2)])
critic = keras.Sequential([keras.Input((2,)), layers.Dense(16, activation="tanh"), layers.Dense(1)])
opt_a, opt_c = keras.optimizers.Adam(1e-2), keras.optimizers.Adam(1e-2)


def rollout(env):
    obs, acts, rews = [], [], []
    s, done = env.reset(), False
    while not done:
        p = tf.nn.softmax(actor(s[None]))[0].numpy()
        a = int(rng.random() < p[1])
        obs.append(s)
        acts.append(a)
        s, r, done = env.step(a)
        rews.append(r)
    return np.array(obs), np.array(acts), np.array(rews, "float32")


def one_step_advantage(rewards):
    # every reward is -1 here ...
    rewards = tf.constant(rewards)
    return (rewards - tf.reduce_mean(rewards)) / tf.math.reduce_std(rewards)  # whynan: zero_variance_normalisation phase=forward|loss|data also=divide_by_zero


env = Corridor()
for episode in range(8):
    obs, acts, rews = rollout(env)
    adv = one_step_advantage(rews)
    with tf.GradientTape(persistent=True) as tape:
        logp = -keras.losses.sparse_categorical_crossentropy(acts, actor(obs), from_logits=True)
        actor_loss = -tf.reduce_mean(logp * adv)
        critic_loss = tf.reduce_mean(tf.square(critic(obs)[:, 0] - rews))
    opt_c.apply(tape.gradient(critic_loss, critic.trainable_variables), critic.trainable_variables)
    opt_a.apply(tape.gradient(actor_loss, actor.trainable_variables), actor.trainable_variables)
    print(episode, len(rews), float(actor_loss), float(critic_loss))
