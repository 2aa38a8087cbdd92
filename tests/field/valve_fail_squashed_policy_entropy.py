"""Soft actor-critic for one irrigation valve, one decision per morning. The critic learns well for as long as only the
critic is trained. With the first actor update the actor loss is nan."""
import math

import numpy as np
import tensorflow as tf
import keras
from keras import layers

LOG_2PI = math.log(2.0 * math.pi)
ALPHA = 0.05


class ValveActor(keras.Model):
    def __init__(self, width=48):
        super().__init__()
        self.first = layers.Dense(width, activation="tanh")
        self.second = layers.Dense(width, activation="tanh")
        self.mean_head = layers.Dense(1)
        self.scale_head = layers.Dense(1)

    def call(self, morning):
        h = self.second(self.first(morning))
        return self.mean_head(h), tf.clip_by_value(self.scale_head(h), -4.0, 1.0)

    def sample(self, morning, eps=1e-6):
        """Opening of the valve in (-1, 1) and its log density."""
        mean, log_std = self(morning)
        eps = tf.random.normal(tf.shape(mean))
        opening = tf.tanh(mean + tf.exp(log_std) * eps)
        log_prob = -0.5 * (tf.square(eps) + 2.0 * log_std + LOG_2PI)
        log_prob -= tf.math.log(1.0 - tf.square(opening) + eps)  # whynan: log_of_negative phase=forward|loss
        return opening, log_prob


def critic_network():
    return keras.Sequential([
        layers.Input((5,)),
        layers.Dense(48, activation="relu"),
        layers.Dense(48, activation="relu"),
        layers.Dense(1),
    ])


def logged_mornings(n=1500):
    rng = np.random.default_rng(3)
    moisture, rain, heat, wind = rng.normal(size=(4, n))
    opening = rng.uniform(-1, 1, n)
    wanted = np.tanh(0.8 * heat - 0.9 * moisture - 0.6 * rain + 0.2 * wind)
    reward = 1.0 - 2.0 * (opening - wanted) ** 2 + 0.1 * rng.normal(size=n)
    state = np.stack([moisture, rain, heat, wind], axis=1).astype("float32")
    return state, opening.astype("float32")[:, None], reward.astype("float32")[:, None]


keras.utils.set_random_seed(3)
state, opening, reward = logged_mornings()
actor, critic = ValveActor(), critic_network()
actor(state[:1])
actor_opt, critic_opt = keras.optimizers.Adam(1e-3), keras.optimizers.Adam(3e-3)
actor_opt.build(actor.trainable_variables)
critic_opt.build(critic.trainable_variables)


@tf.function
def critic_step(s, a, r):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(r - critic(tf.concat([s, a], axis=1))))
    critic_opt.apply(tape.gradient(loss, critic.trainable_variables), critic.trainable_variables)
    return loss


@tf.function
def actor_step(s):
    with tf.GradientTape() as tape:
        a, log_prob = actor.sample(s)
        loss = tf.reduce_mean(ALPHA * log_prob - critic(tf.concat([s, a], axis=1)))
    actor_opt.apply(tape.gradient(loss, actor.trainable_variables), actor.trainable_variables)
    return loss


picker = np.random.default_rng(30)
actor_loss = tf.constant(0.0)
for step in range(240):
    rows = picker.integers(0, len(state), 64)
    critic_loss = critic_step(state[rows], opening[rows], reward[rows])
    if step >= 60:
        actor_loss = actor_step(state[rows])
    if step % 40 == 0 or step == 60:
        print(f"step {step:3d}  critic {float(critic_loss):.3f}  actor {float(actor_loss):.3f}")
