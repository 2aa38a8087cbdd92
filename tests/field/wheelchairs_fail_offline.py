"""Offline actor-critic on logged drives of a power wheelchair (shared control project).

state : goal bearing/distance, speed, yaw rate, three range finders   (7)
action: joystick (forward, turn), logged by the controller as int8
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)

GAMMA, TAU, LAMBDA = 0.97, 0.01, 0.5


def logged_drives(n=5000):
    s = rng.normal(size=(n, 7)).astype("float32")
    intent = np.stack([0.35 + 0.22 * s[:, 4] - 0.1 * np.abs(s[:, 0]),
                       0.32 * s[:, 0] - 0.15 * s[:, 3]], axis=1)
    stick = intent + rng.normal(0, 0.13, intent.shape)
    raw = np.clip(np.rint(127 * stick), -127, 127).astype("int8")
    s2 = s + rng.normal(0, 0.1, s.shape)
    s2[:, 1] -= 0.2 * stick[:, 0]
    r = -0.3 * np.abs(s2[:, 0]) + 0.5 * stick[:, 0] - (s2[:, 4] < -1.5)
    done = rng.random(n) < 0.02
    return s, raw, r.astype("float32"), s2.astype("float32"), done.astype("float32")


def mlp(n_in, n_out):
    return keras.Sequential([keras.Input((n_in,)), layers.Dense(64, activation="elu"),
                             layers.Dense(64, activation="elu"), layers.Dense(n_out)])


actor, critic, critic_target = mlp(7, 4), mlp(9, 1), mlp(9, 1)
critic_target.set_weights(critic.get_weights())
opt_pi, opt_q = keras.optimizers.Adam(3e-4), keras.optimizers.Adam(1e-3)


def policy(s):
    mean, log_std = tf.split(actor(s), 2, axis=-1)
    return mean, tf.clip_by_value(log_std, -4.0, 1.0)


def sample(s):
    mean, log_std = policy(s)
    return tf.tanh(mean + tf.exp(log_std) * tf.random.normal(tf.shape(mean)))


def log_prob(s, a):
    mean, log_std = policy(s)
    u = tf.atanh(a)  # whynan: special_function_domain phase=loss|forward also=label_on_boundary
    gauss = -0.5 * tf.square((u - mean) / tf.exp(log_std)) - log_std - 0.9189385
    return tf.reduce_sum(gauss - tf.math.log(1.0 - tf.square(a) + 1e-6), axis=-1)


def q(net, s, a):
    return net(tf.concat([s, a], axis=-1))[:, 0]


@tf.function
def update(s, a, r, s2, done):
    target = r + GAMMA * (1.0 - done) * q(critic_target, s2, sample(s2))
    with tf.GradientTape() as tape:
        q_loss = tf.reduce_mean(tf.square(q(critic, s, a) - target))
    grads = tape.gradient(q_loss, critic.trainable_variables)
    opt_q.apply_gradients(zip(grads, critic.trainable_variables))

    adv = q(critic, s, a) - q(critic, s, sample(s))
    w = tf.minimum(tf.exp(tf.minimum(adv / LAMBDA, 5.0)), 20.0)
    with tf.GradientTape() as tape:
        pi_loss = -tf.reduce_mean(w * log_prob(s, a))
    grads = tape.gradient(pi_loss, actor.trainable_variables)
    opt_pi.apply_gradients(zip(grads, actor.trainable_variables))

    for v, vt in zip(critic.variables, critic_target.variables):
        vt.assign((1 - TAU) * vt + TAU * v)
    return q_loss, pi_loss


s, raw, r, s2, done = logged_drives()
a = raw.astype("float32") / 127.0
print("transitions", len(s), " mean stick", a.mean(0), " std", a.std(0))

for epoch in range(6):
    order = rng.permutation(len(s))
    log = []
    for k in range(0, len(s), 100):
        b = order[k:k + 100]
        ql, pl = update(*(tf.constant(v[b]) for v in (s, a, r, s2, done)))
        log.append((float(ql), float(pl)))
    print("epoch", epoch, "critic %.4f  actor %.4f" % tuple(np.mean(log, axis=0)))
