"""PPO warm started from rollouts of the hand tuned controller (continuous actions, 3 joints)."""
import logging
import math
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
import keras

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("ppo")
keras.utils.set_random_seed(11)


@dataclass
class Config:
    obs_dim: int = 5
    act_dim: int = 3
    horizon: int = 256
    minibatch: int = 64
    epochs: int = 4
    clip: float = 0.2
    gamma: float = 0.98
    lam: float = 0.95
    controller_std: float = 0.05


def gaussian_logp(x, mean, log_std, xp):
    z = (x - mean) / xp.exp(log_std)
    return -0.5 * z ** 2 - log_std - 0.5 * math.log(2 * math.pi)


class LoggedController:
    """Plays u = K x + small exploration noise; the drive clips the torque to [-1, 1]."""

    def __init__(self, cfg, rng):
        self.cfg, self.rng = cfg, rng
        self.K = rng.normal(size=(cfg.obs_dim, cfg.act_dim))

    def rollout(self):
        c = self.cfg
        obs = self.rng.normal(size=(c.horizon, c.obs_dim))
        mean = obs @ self.K
        raw = mean + c.controller_std * self.rng.normal(size=mean.shape)
        act = np.clip(raw, -1.0, 1.0)                 # this is what the robot really did
        logp = gaussian_logp(act, mean, math.log(c.controller_std), np).sum(-1)
        rew = -np.abs(obs[:, 0] - act[:, 0]) + 0.1 * self.rng.normal(size=c.horizon)
        return [a.astype("float32") for a in (obs, act, logp, rew)]


def gae(rew, val, gamma, lam):
    adv, last = np.zeros_like(rew), 0.0
    for t in reversed(range(len(rew))):
        nxt = val[t + 1] if t + 1 < len(rew) else 0.0
        delta = rew[t] + gamma * nxt - val[t]
        last = delta + gamma * lam * last
        adv[t] = last
    return adv, adv + val


class ActorCritic(keras.Model):
    def __init__(self, cfg):
        super().__init__()
        self.body = keras.Sequential([keras.layers.Dense(64, activation="tanh"), keras.layers.Dense(64, activation="tanh")])
        self.mean = keras.layers.Dense(cfg.act_dim)
        self.value = keras.layers.Dense(1)
        self.log_std = self.add_weight(shape=(cfg.act_dim,), initializer="zeros", name="log_std")

    def call(self, obs):
        h = self.body(obs)
        return self.mean(h), self.value(h)[:, 0]


class PPO:
    def __init__(self, cfg):
        self.cfg = cfg
        self.net = ActorCritic(cfg)
        self.net(tf.zeros((1, cfg.obs_dim)))
        self.opt = keras.optimizers.Adam(3e-4, global_clipnorm=0.5)
        self.opt.build(self.net.trainable_variables)

    def surrogate(self, logp, old_logp, adv):
        ratio = tf.exp(logp - old_logp)  # whynan: exp_overflow phase=loss|forward
        clipped = tf.clip_by_value(ratio, 1 - self.cfg.clip, 1 + self.cfg.clip)
        return -tf.reduce_mean(tf.minimum(ratio * adv, clipped * adv))

    @tf.function
    def step(self, obs, act, old_logp, adv, ret):
        with tf.GradientTape() as tape:
            mean, value = self.net(obs, training=True)
            logp = tf.reduce_sum(gaussian_logp(act, mean, self.net.log_std, tf), -1)
            pg = self.surrogate(logp, old_logp, adv)
            vf = tf.reduce_mean(tf.square(value - ret))
            loss = pg + 0.5 * vf
        grads = tape.gradient(loss, self.net.trainable_variables)
        self.opt.apply_gradients(zip(grads, self.net.trainable_variables))
        return loss

    def learn(self, source, iterations):
        for it in range(iterations):
            obs, act, logp, rew = source.rollout()
            adv, ret = gae(rew, self.net(obs)[1].numpy(), self.cfg.gamma, self.cfg.lam)
            adv = (adv - adv.mean()) / (adv.std() + 1e-8)
            ds = tf.data.Dataset.from_tensor_slices((obs, act, logp, adv, ret)).shuffle(256, seed=1).batch(self.cfg.minibatch)
            for _ in range(self.cfg.epochs):
                for batch in ds:
                    loss = self.step(*batch)
            log.info("iteration %d loss %.4f", it, float(loss))


cfg = Config()
PPO(cfg).learn(LoggedController(cfg, np.random.default_rng(5)), iterations=3)
