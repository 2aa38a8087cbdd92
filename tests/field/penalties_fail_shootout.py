"""Teach a striker where to put the penalty. PPO with clipped ratio, one kick = one episode.

Observation: the keeper's lean (left/right) and four body-pose numbers.
Action: one of five zones from far left to far right.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)

ZONES = 5
KICKS = 32
CLIP = 0.2
PPO_EPOCHS = 3


class Keeper:
    def reset(self, n):
        self.side = rng.choice([-1.0, 1.0], size=n)
        pose = rng.normal(0, 0.5, size=(n, 4))
        lean = self.side + rng.normal(0, 0.1, size=n)
        return np.column_stack([lean, pose]).astype("float32")

    def shoot(self, zone):
        # leaning left he reaches the three left zones, leaning right the three right ones
        saved = ((self.side < 0) & (zone <= 2)) | ((self.side > 0) & (zone >= 2))
        return np.where(saved, 0.0, 1.0).astype("float32")


policy = keras.Sequential([
    keras.Input((5,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(ZONES),
])
opt = keras.optimizers.Adam(0.01)


def log_prob(obs, act):
    logp = tf.nn.log_softmax(policy(obs))
    return tf.reduce_sum(tf.one_hot(act, ZONES) * logp, axis=1)


def ppo_update(obs, act, old_logp, reward):
    advantage = (reward - tf.reduce_mean(reward)) / tf.math.reduce_std(reward)  # whynan: zero_variance_normalisation phase=loss|forward|data also=divide_by_zero
    for _ in range(PPO_EPOCHS):
        with tf.GradientTape() as tape:
            ratio = tf.exp(log_prob(obs, act) - old_logp)
            clipped = tf.clip_by_value(ratio, 1 - CLIP, 1 + CLIP)
            surrogate = tf.minimum(ratio * advantage, clipped * advantage)
            logp_all = tf.nn.log_softmax(policy(obs))
            entropy = -tf.reduce_mean(tf.reduce_sum(tf.exp(logp_all) * logp_all, axis=1))
            loss = -tf.reduce_mean(surrogate) - 1e-3 * entropy
        grads = tape.gradient(loss, policy.trainable_variables)
        opt.apply_gradients(zip(grads, policy.trainable_variables))
    return float(loss), float(entropy)


env = Keeper()
scored = []
for it in range(120):
    obs = tf.constant(env.reset(KICKS))
    act = tf.random.categorical(policy(obs), 1)[:, 0]
    old = tf.stop_gradient(log_prob(obs, act))
    reward = tf.constant(env.shoot(act.numpy()))
    loss, ent = ppo_update(obs, act, old, reward)
    scored.append(float(tf.reduce_mean(reward)))
    if it % 10 == 0:
        print(f"iter {it:3d}  scored {np.mean(scored[-10:]):.2f}  loss {loss:+.4f}  entropy {ent:.3f}")
print("final conversion rate:", np.mean(scored[-10:]))
