"""Random network distillation bonus for a grid exploration task.
Networks are created by name; creation is cached because notebooks re-run cells a lot."""
import functools
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)

OBS, ACTIONS, FEATURES = 10, 4, 16


@functools.lru_cache(maxsize=None)
def make_network(n_in, n_out, hidden=(32, 32), head="linear"):
    inputs = keras.Input((n_in,))
    x = inputs
    for width in hidden:
        x = layers.Dense(width, activation="elu")(x)
    return keras.Model(inputs, layers.Dense(n_out, activation=head)(x))


class RunningNorm:
    def __init__(self, dim):
        self.n, self.mean, self.m2 = 1e-4, np.zeros(dim), np.ones(dim)

    def __call__(self, obs, update=True):
        if update:
            for row in obs:
                self.n += 1
                delta = row - self.mean
                self.mean += delta / self.n
                self.m2 += delta * (row - self.mean)
        std = np.sqrt(self.m2 / self.n) + 1e-3
        return np.clip((obs - self.mean) / std, -5, 5).astype("float32")


class Explorer:
    def __init__(self):
        self.q_net = make_network(OBS, ACTIONS)
        self.target = make_network(OBS, FEATURES)       # stays random for ever
        self.predictor = make_network(OBS, FEATURES)    # learns to imitate it
        self.q_opt = keras.optimizers.Adam(1e-3)
        self.p_opt = keras.optimizers.Adam(1e-3)
        self.q_opt.build(self.q_net.trainable_variables)
        self.p_opt.build(self.predictor.trainable_variables)

    def novelty(self, obs):
        wanted = tf.stop_gradient(self.target(obs))
        return tf.norm(self.predictor(obs) - wanted, axis=-1)  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero

    @tf.function
    def train_q(self, obs, act, reward, nxt):
        best_next = tf.reduce_max(self.q_net(nxt), axis=1)
        wanted = tf.stop_gradient(reward + 0.95 * best_next)
        with tf.GradientTape() as tape:
            q = tf.gather(self.q_net(obs), act, batch_dims=1)
            loss = tf.reduce_mean(keras.losses.huber(wanted[:, None], q[:, None]))
        self.q_opt.apply_gradients(
            zip(tape.gradient(loss, self.q_net.trainable_variables), self.q_net.trainable_variables))
        return loss

    @tf.function
    def train_predictor(self, obs):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self.novelty(obs))
        self.p_opt.apply_gradients(
            zip(tape.gradient(loss, self.predictor.trainable_variables), self.predictor.trainable_variables))
        return loss


def rollout(n=64):
    obs = rng.normal(size=(n, OBS)) * np.linspace(0.5, 3, OBS)
    act = rng.integers(0, ACTIONS, n).astype("int32")
    nxt = obs + 0.1 * rng.normal(size=obs.shape)
    reward = (obs[:, 0] > 2).astype("float32")
    return obs, act, reward, nxt


agent, norm = Explorer(), RunningNorm(OBS)
WARMUP, BONUS = 12, 0.5
for it in range(40):
    obs, act, reward, nxt = rollout()
    obs, nxt = norm(obs), norm(nxt, update=False)
    bonus = np.zeros(len(reward), "float32")
    p_loss = 0.0
    if it >= WARMUP:        # let the normaliser settle first, as in the paper
        p_loss = float(agent.train_predictor(obs))
        bonus = agent.novelty(nxt).numpy()
    q_loss = float(agent.train_q(obs, act, reward + BONUS * bonus, nxt))
    if it % 4 == 0:
        print(f"it {it:2d}  q {q_loss:.4f}  rnd {p_loss:.4f}  bonus {bonus.mean():.4f}")
