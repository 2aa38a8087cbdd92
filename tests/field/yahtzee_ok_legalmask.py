"""Actor-critic for the upper half of yahtzee: one roll of five dice per round, six rounds,
each of the six boxes may be used once. 64 games are played side by side."""
import numpy as np
import tensorflow as tf
import keras
from keras.layers import Dense

keras.utils.set_random_seed(55)
rng = np.random.default_rng(55)

GAMES, ROUNDS, BOXES = 64, 6, 6

actor = keras.Sequential([keras.Input((12,)), Dense(48, activation="tanh"), Dense(BOXES)])
critic = keras.Sequential([keras.Input((12,)), Dense(48, activation="tanh"), Dense(1)])
params = actor.trainable_weights + critic.trainable_weights
opt = keras.optimizers.Adam(5e-3)


def log_policy(obs, legal):
    return tf.nn.log_softmax(tf.where(legal, actor(obs), -np.inf), axis=-1)


@tf.function
def act_logp(obs, legal):
    return log_policy(obs, legal)


def play():
    open_box = np.ones((GAMES, BOXES), bool)
    obs, legal, acts, old, rew = [], [], [], [], []
    for _ in range(ROUNDS):
        dice = rng.integers(0, 6, (GAMES, 5))
        counts = (dice[:, :, None] == np.arange(6)).sum(1)
        o = np.concatenate([counts / 5.0, open_box], axis=1).astype("float32")
        logp = act_logp(tf.constant(o), tf.constant(open_box)).numpy()
        a = np.argmax(logp + rng.gumbel(size=logp.shape), axis=1)
        obs.append(o)
        legal.append(open_box.copy())
        acts.append(a)
        old.append(logp)
        rew.append(counts[np.arange(GAMES), a] * (a + 1) / 10.0)
        open_box[np.arange(GAMES), a] = False
    rew = np.stack(rew)
    returns = np.cumsum(rew[::-1], axis=0)[::-1]
    flat = [np.concatenate(z) for z in (obs, legal, acts, old)]
    return (*flat, returns.reshape(-1).astype("float32"), rew.sum(0).mean() * 10)


@tf.function
def update(obs, legal, acts, returns):
    with tf.GradientTape() as tape:
        logp = log_policy(obs, legal)
        chosen = tf.gather(logp, acts, batch_dims=1)
        value = critic(obs)[:, 0]
        adv = tf.stop_gradient(returns - value)
        entropy = -tf.reduce_sum(tf.exp(logp) * tf.where(legal, logp, 0.0), axis=1)
        loss = (-tf.reduce_mean(chosen * adv) + 0.5 * tf.reduce_mean(tf.square(returns - value))
                - 0.01 * tf.reduce_mean(entropy))
    grads = tape.gradient(loss, params)
    opt.apply_gradients(zip(grads, params))  # whynan: healthy
    return loss


@tf.function
def policy_shift(obs, legal, old):
    new = log_policy(obs, legal)
    terms = tf.exp(old) * (old - new)
    return tf.reduce_mean(tf.reduce_sum(tf.where(legal, terms, 0.0), axis=1))


for it in range(150):
    obs, legal, acts, old, returns, points = play()
    loss = update(tf.constant(obs), tf.constant(legal), tf.constant(acts), tf.constant(returns))
    kl = policy_shift(tf.constant(obs), tf.constant(legal), tf.constant(old))
    if it % 15 == 0:
        print(f"iter {it:3d}  loss {float(loss):7.4f}  kl {float(kl):.5f}  points per game {points:.2f}")
