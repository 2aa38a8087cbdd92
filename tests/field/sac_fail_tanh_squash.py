"""Soft actor-critic, squashed Gaussian policy.  The critic loss is inf from the first update on."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(0)
OBS, ACT = 6, 2
LOG_STD_MIN, LOG_STD_MAX = -20.0, 2.0


def mlp(n_in, n_out):
    return keras.Sequential([keras.Input((n_in,)), layers.Dense(64, activation="relu"),
                             layers.Dense(64, activation="relu"), layers.Dense(n_out)])


class ReplayBuffer:
    def __init__(self, size, seed=0):
        self.rng = np.random.default_rng(seed)
        # four absolute encoders (12 bit), motor current, battery voltage
        enc = self.rng.integers(0, 4096, size=(size + 1, 4))
        rest = np.stack([self.rng.normal(0, 1, size + 1), self.rng.normal(24, 0.3, size + 1)], 1)
        obs = np.concatenate([enc, rest], 1).astype("float32")
        self.s, self.s2 = obs[:-1], obs[1:]
        self.a = self.rng.uniform(-1, 1, (size, ACT)).astype("float32")
        self.r = self.rng.normal(size=size).astype("float32")
        self.d = (self.rng.random(size) < 0.02).astype("float32")

    def sample(self, n):
        i = self.rng.integers(0, len(self.r), n)
        return tuple(tf.constant(v[i]) for v in (self.s, self.a, self.r, self.s2, self.d))


class SquashedGaussian:
    def __init__(self):
        self.net = mlp(OBS, 2 * ACT)

    def sample(self, obs):
        mu, log_std = tf.split(self.net(obs), 2, axis=-1)
        log_std = tf.clip_by_value(log_std, LOG_STD_MIN, LOG_STD_MAX)
        eps = tf.random.normal(tf.shape(mu))
        pre = mu + tf.exp(log_std) * eps
        action = tf.tanh(pre)
        logp = -0.5 * eps ** 2 - log_std - 0.5 * np.log(2 * np.pi).astype("float32")
        return action, tf.reduce_sum(logp - self.squash_correction(action), axis=-1)

    @staticmethod
    def squash_correction(action):
        # appendix C of the paper
        return tf.math.log(1.0 - tf.square(action))  # whynan: log_of_zero phase=loss|forward also=unscaled_input


class SAC:
    def __init__(self, gamma=0.99, tau=0.005):
        self.pi = SquashedGaussian()
        self.q = [mlp(OBS + ACT, 1) for _ in range(2)]
        self.q_target = [mlp(OBS + ACT, 1) for _ in range(2)]
        for a, b in zip(self.q_target, self.q):
            a.set_weights(b.get_weights())
        self.log_alpha = tf.Variable(0.0)
        self.gamma, self.tau = gamma, tau
        self.q_opt = keras.optimizers.Adam(3e-4)
        self.pi_opt = keras.optimizers.Adam(3e-4)

    def min_q(self, nets, s, a):
        x = tf.concat([s, a], -1)
        return tf.minimum(nets[0](x), nets[1](x))[:, 0]

    def update_critics(self, s, a, r, s2, d):
        a2, logp2 = self.pi.sample(s2)
        soft_v = self.min_q(self.q_target, s2, a2) - tf.exp(self.log_alpha) * logp2
        target = tf.stop_gradient(r + self.gamma * (1 - d) * soft_v)
        variables = self.q[0].trainable_variables + self.q[1].trainable_variables
        with tf.GradientTape() as tape:
            x = tf.concat([s, a], -1)
            loss = sum(tf.reduce_mean((net(x)[:, 0] - target) ** 2) for net in self.q)
        self.q_opt.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss

    def update_actor(self, s):
        with tf.GradientTape() as tape:
            a, logp = self.pi.sample(s)
            loss = tf.reduce_mean(tf.exp(self.log_alpha) * logp - self.min_q(self.q, s, a))
        variables = self.pi.net.trainable_variables
        self.pi_opt.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss


agent, buffer = SAC(), ReplayBuffer(2000)
for step in range(40):
    batch = buffer.sample(64)
    lq = agent.update_critics(*batch)
    lp = agent.update_actor(batch[0])
    if step % 10 == 0:
        print(f"step {step} critic {float(lq):.3f} actor {float(lp):.3f}")
