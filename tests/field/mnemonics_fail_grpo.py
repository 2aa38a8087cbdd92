"""GRPO in miniature: pick the right mnemonic for a word, graded reward, groups of rollouts."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)

N_ANSWERS, FEATS = 10, 24
GROUP, PROMPTS, ITERATIONS = 8, 32, 350
CLIP, INNER_EPOCHS, KL_COEF = 0.2, 2, 0.01

topics = rng.normal(0, 1.2, (N_ANSWERS, FEATS))


def draw_prompts(n):
    answer = rng.integers(0, N_ANSWERS, n)
    x = topics[answer] + rng.normal(0, 0.5, (n, FEATS))
    return tf.constant(x, tf.float32), answer


def judge(actions, answer):
    """1 for the right one, less the further away it is."""
    return tf.constant(1.0 - np.abs(actions - answer[:, None]) / (N_ANSWERS - 1), tf.float32)


def make_policy():
    return keras.Sequential([
        layers.Input((FEATS,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(N_ANSWERS, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01)),
    ])


policy = make_policy()
reference = make_policy()
reference.set_weights(policy.get_weights())
opt = keras.optimizers.Adam(5e-3)


def log_prob_of(logits, actions):
    logp = tf.nn.log_softmax(logits)
    return tf.gather(logp, actions, axis=1, batch_dims=1)


def group_advantage(reward):
    centred = reward - tf.reduce_mean(reward, axis=1, keepdims=True)
    return centred / tf.math.reduce_std(reward, axis=1, keepdims=True)  # whynan: zero_variance_normalisation phase=forward|data|loss also=divide_by_zero


for it in range(ITERATIONS):
    x, answer = draw_prompts(PROMPTS)
    logits = policy(x)
    actions = tf.random.categorical(logits, GROUP, dtype=tf.int32)
    reward = judge(actions.numpy(), answer)
    adv = group_advantage(reward)
    old_logp = log_prob_of(logits, actions)
    ref_logp = tf.nn.log_softmax(reference(x))

    for _ in range(INNER_EPOCHS):
        with tf.GradientTape() as tape:
            new_logits = policy(x)
            ratio = tf.exp(log_prob_of(new_logits, actions) - old_logp)
            clipped = tf.clip_by_value(ratio, 1 - CLIP, 1 + CLIP)
            surrogate = tf.reduce_mean(tf.minimum(ratio * adv, clipped * adv))
            logp = tf.nn.log_softmax(new_logits)
            kl = tf.reduce_mean(tf.reduce_sum(tf.exp(logp) * (logp - ref_logp), axis=1))
            loss = -surrogate + KL_COEF * kl
        grads = tape.gradient(loss, policy.trainable_variables)
        opt.apply_gradients(zip(grads, policy.trainable_variables))

    if it % 25 == 0:
        print(f"iter {it:3d}  reward {float(tf.reduce_mean(reward)):.3f}  loss {float(loss):+.4f}  kl {float(kl):.3f}")

x, answer = draw_prompts(500)
print("greedy accuracy", np.mean(np.argmax(policy(x).numpy(), axis=1) == answer))
