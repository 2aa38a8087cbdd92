"""PPO for a parasail winch: keep the rider at the target height in changing wind.

Vectorised toy simulator, 64 boats at once, 32 steps per rollout.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)

N_ENV, T = 64, 32
OBS, ACT = 4, 2
GAMMA, LAM, CLIP = 0.98, 0.95, 0.2
LOG_2PI = float(np.log(2 * np.pi))


class Boats:
    def __init__(self):
        self.height = rng.normal(0, 1, N_ENV)
        self.speed = np.zeros(N_ENV)
        self.wind = rng.normal(0, 0.5, N_ENV)
        self.line = np.zeros(N_ENV)

    def observe(self):
        return np.stack([self.height, self.speed, self.wind, self.line], 1).astype("float32")

    def step(self, a):
        a = np.clip(a, -2, 2)
        self.line += 0.1 * a[:, 0]
        self.wind = 0.95 * self.wind + rng.normal(0, 0.1, N_ENV)
        self.speed = 0.9 * self.speed + 0.1 * (self.wind + a[:, 1] - self.height - 0.3 * self.line)
        self.height = self.height + 0.1 * self.speed
        reward = -self.height ** 2 - 0.01 * (a ** 2).sum(1)
        return reward.astype("float32")


def mlp(out):
    return keras.Sequential([
        keras.Input((OBS,)),
        layers.Dense(32, activation="tanh"),
        layers.Dense(32, activation="tanh"),
        layers.Dense(out),
    ])


actor, critic = mlp(ACT), mlp(1)
log_std = keras.Variable(np.zeros(ACT, "float32"), name="log_std")
opt = keras.optimizers.Adam(3e-4)
params = actor.trainable_variables + critic.trainable_variables + [log_std]


def rollout(env):
    obs = np.zeros((T + 1, N_ENV, OBS), "float32")
    act = np.zeros((T, N_ENV, ACT), "float32")
    logp = np.zeros((T, N_ENV), "float32")
    rew = np.zeros((T, N_ENV), "float32")
    for t in range(T):
        obs[t] = env.observe()
        mu, std = actor(obs[t]).numpy(), np.exp(log_std.numpy())
        z = rng.normal(size=mu.shape)
        act[t] = mu + std * z
        logp[t] = -0.5 * np.sum(z ** 2 + 2 * np.log(std) + LOG_2PI)
        rew[t] = env.step(act[t])
    obs[T] = env.observe()
    value = critic(obs.reshape(-1, OBS)).numpy().reshape(T + 1, N_ENV)
    adv, run = np.zeros_like(rew), np.zeros(N_ENV, "float32")
    for t in reversed(range(T)):
        delta = rew[t] + GAMMA * value[t + 1] - value[t]
        run = delta + GAMMA * LAM * run
        adv[t] = run
    ret = adv + value[:T]
    adv = (adv - adv.mean()) / (adv.std() + 1e-6)
    return [obs[:T].reshape(-1, OBS), act.reshape(-1, ACT), logp.ravel(), adv.ravel(), ret.ravel()]


@tf.function
def update(obs, act, old_logp, adv, ret):
    with tf.GradientTape() as tape:
        z = (act - actor(obs)) / tf.exp(log_std)
        new_logp = -0.5 * tf.reduce_sum(z ** 2 + 2 * log_std + LOG_2PI, axis=-1)
        ratio = tf.exp(new_logp - old_logp)  # whynan: exp_overflow phase=loss|forward
        surrogate = tf.minimum(ratio * adv, tf.clip_by_value(ratio, 1 - CLIP, 1 + CLIP) * adv)
        v_loss = tf.reduce_mean((critic(obs)[:, 0] - ret) ** 2)
        loss = -tf.reduce_mean(surrogate) + 0.5 * v_loss - 0.001 * tf.reduce_sum(log_std)
    grads = tape.gradient(loss, params)
    opt.apply_gradients(zip(grads, params))
    return loss


boats = Boats()
for it in range(6):
    data = rollout(boats)
    for _ in range(3):
        order = rng.permutation(N_ENV * T)
        for part in np.split(order, 8):
            loss = update(*[tf.constant(d[part]) for d in data])
    print(f"iter {it} loss {float(loss):.3f} mean height {boats.height.mean():.2f}")
