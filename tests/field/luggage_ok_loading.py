"""A2C for loading bags into containers: pick one of the waiting bags or close the container."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(404)
rng = np.random.default_rng(404)

SLOTS = 6
CLOSE = SLOTS
N_ENV, HORIZON, UPDATES = 32, 10, 120
GAMMA = 0.95


class Belt:
    def __init__(self, n):
        self.n = n
        self.room = np.ones(n)
        self.bags = self.new_bags((n, SLOTS))

    @staticmethod
    def new_bags(shape):
        return rng.beta(2.0, 4.0, shape) * 0.6 + 0.05

    def observe(self):
        obs = np.concatenate([self.room[:, None], self.bags], axis=1).astype("float32")
        fits = self.bags <= self.room[:, None]
        legal = np.concatenate([fits, np.ones((self.n, 1), bool)], axis=1)
        return obs, legal

    def step(self, act):
        reward = np.zeros(self.n)
        for i, k in enumerate(act):
            if k == CLOSE:
                reward[i] = -2.0 * self.room[i]
                self.room[i] = 1.0
            else:
                reward[i] = self.bags[i, k]
                self.room[i] -= self.bags[i, k]
                self.bags[i, k] = self.new_bags(())
        return reward.astype("float32")


inp = keras.Input((SLOTS + 1,))
h = layers.Dense(64, activation="tanh")(inp)
h = layers.Dense(64, activation="tanh")(h)
net = keras.Model(inp, [layers.Dense(SLOTS + 1)(h), layers.Dense(1)(h)])
opt = keras.optimizers.Adam(2e-3, global_clipnorm=1.0)


def action_log_probs(obs, legal):
    logits, value = net(obs)
    logits = tf.where(legal, logits, -np.inf)
    return tf.nn.log_softmax(logits), value[:, 0]


@tf.function
def act(obs, legal):
    logp, value = action_log_probs(obs, legal)
    u = tf.random.uniform(tf.shape(logp), 1e-6, 1.0 - 1e-6)
    return tf.argmax(logp - tf.math.log(-tf.math.log(u)), axis=-1), value


@tf.function
def learn(obs, legal, action, ret):
    with tf.GradientTape() as tape:
        logp, value = action_log_probs(obs, legal)
        chosen = tf.gather(logp, action, batch_dims=1)
        adv = tf.stop_gradient(ret - value)
        entropy = -tf.reduce_sum(tf.exp(logp) * tf.where(legal, logp, 0.0), axis=-1)
        loss = tf.reduce_mean(-chosen * adv + 0.5 * tf.square(ret - value) - 0.01 * entropy)
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))  # whynan: healthy
    return loss, tf.reduce_mean(entropy)


belt = Belt(N_ENV)
obs, legal = belt.observe()
for it in range(UPDATES):
    roll = []
    for _ in range(HORIZON):
        a, _ = act(tf.constant(obs), tf.constant(legal))
        a = a.numpy()
        rew = belt.step(a)
        roll.append((obs, legal, a, rew))
        obs, legal = belt.observe()
    _, boot = act(tf.constant(obs), tf.constant(legal))
    ret, rets = boot.numpy(), []
    for *_, rew in reversed(roll):
        ret = rew + GAMMA * ret
        rets.append(ret)
    O, L, A = (np.concatenate([r[j] for r in roll]) for j in range(3))
    R = np.concatenate(rets[::-1]).astype("float32")
    loss, ent = learn(tf.constant(O), tf.constant(L), tf.constant(A), tf.constant(R))
    if it % 20 == 0:
        print(f"{it:4d}  loss {float(loss): .4f}  entropy {float(ent):.3f}"
              f"  reward/step {np.mean([r[3] for r in roll]): .4f}")
