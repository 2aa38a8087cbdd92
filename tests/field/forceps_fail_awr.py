"""Advantage-weighted regression on teleoperated forceps demonstrations (offline RL, squashed Gaussian policy)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(31)

OBS, ACT = 8, 3
GAMMA, BETA = 0.97, 0.5
BATCH = 64
ACTION_LIMIT = 1.0 - 1e-8


def record_sessions(n_sessions=60, horizon=40, seed=5):
    """Surgeon drives the tip to a target with a joystick; axes report -1..1."""
    rng = np.random.default_rng(seed)
    obs, act, ret = [], [], []
    for _ in range(n_sessions):
        err = rng.normal(0, 0.35, (horizon, 3))
        vel = rng.normal(0, 0.2, (horizon, 3))
        extra = rng.uniform(0, 1, (horizon, 2))
        stick = np.clip(1.1 * err - 0.2 * vel + rng.normal(0, 0.05, err.shape), -1, 1)
        reward = -np.linalg.norm(err - 0.3 * stick, axis=1) - 0.05 * extra[:, 0]
        running, returns = 0.0, np.zeros(horizon)
        for t in reversed(range(horizon)):
            running = reward[t] + GAMMA * running
            returns[t] = running
        obs.append(np.hstack([err, vel, extra]))
        act.append(stick)
        ret.append(returns)
    obs, act, ret = (np.concatenate(a).astype("float32") for a in (obs, act, ret))
    return obs, act, (ret - ret.mean()) / ret.std()


def mlp(n_out, name):
    return keras.Sequential([keras.Input((OBS,)), layers.Dense(64, activation="tanh"),
                             layers.Dense(64, activation="tanh"), layers.Dense(n_out)], name=name)


class SquashedGaussian:
    """a = tanh(u), u ~ N(mu(s), sigma(s))"""

    def __init__(self):
        self.net = mlp(2 * ACT, "actor")

    def params(self, s):
        mu, log_std = tf.split(self.net(s), 2, axis=-1)
        return mu, -2.5 + 1.5 * (tf.tanh(log_std) + 1.0)

    def log_prob(self, s, a):
        mu, log_std = self.params(s)
        u = tf.atanh(tf.clip_by_value(a, -ACTION_LIMIT, ACTION_LIMIT))  # whynan: clip_misuse phase=forward|loss also=special_function_domain
        z = (u - mu) * tf.exp(-log_std)
        gauss = -0.5 * tf.square(z) - log_std - 0.5 * np.log(2 * np.pi)
        return tf.reduce_sum(gauss - tf.math.log(1.0 - tf.square(a) + 1e-6), axis=-1)

    def act(self, s):
        return tf.tanh(self.params(s)[0])


actor, critic = SquashedGaussian(), mlp(1, "critic")
actor_opt, critic_opt = keras.optimizers.Adam(3e-4), keras.optimizers.Adam(1e-3)


@tf.function
def critic_step(s, g):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(critic(s)[:, 0] - g))
    critic_opt.apply_gradients(zip(tape.gradient(loss, critic.trainable_variables), critic.trainable_variables))
    return loss


@tf.function
def actor_step(s, a, g):
    advantage = g - critic(s)[:, 0]
    weight = tf.minimum(tf.exp(advantage / BETA), 20.0)
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(weight * actor.log_prob(s, a))
    grads = tape.gradient(loss, actor.net.trainable_variables)
    actor_opt.apply_gradients(zip(grads, actor.net.trainable_variables))
    return loss


obs, act, ret = record_sessions()
data = tf.data.Dataset.from_tensor_slices((obs, act, ret)).shuffle(len(obs), seed=2).batch(BATCH)

for epoch in range(4):
    losses = [float(critic_step(s, g)) for s, _, g in data]
    print(f"critic {epoch}: mse {np.mean(losses):.4f}")

for epoch in range(5):
    losses = [float(actor_step(s, a, g)) for s, a, g in data]
    gap = np.abs(actor.act(obs).numpy() - act).mean()
    print(f"actor {epoch}: loss {np.mean(losses):.4f}  mean |a - demo| {gap:.3f}")
