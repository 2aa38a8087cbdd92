# GRPO toy: prompts are contexts, "answers" are 5 options, reward 1 for the right one.
# Group relative advantages as in the DeepSeek paper, no critic. Policy becomes nan at once.
import numpy as np
import keras
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(41)
GROUP, PROMPTS, ANSWERS, CLIP = 8, 16, 5, 0.2


class PromptSource:
    def __init__(self, seed=41):
        self.rng = np.random.default_rng(seed)
        self.w = self.rng.normal(size=(6, ANSWERS))

    def batch(self):
        ctx = self.rng.normal(size=(PROMPTS, 6)).astype("float32")
        return tf.constant(ctx), tf.constant(np.argmax(ctx @ self.w, -1).astype("int64"))


def group_advantage(reward):
    """reward [prompts, group] -> standardised inside the group"""
    mean = tf.reduce_mean(reward, axis=1, keepdims=True)
    spread = tf.math.reduce_std(reward, axis=1, keepdims=True)
    return (reward - mean) / spread  # whynan: zero_variance_normalisation phase=loss|data also=divide_by_zero


def log_prob(logits, actions):
    logp = tf.nn.log_softmax(logits)[:, None, :]
    return tf.reduce_sum(logp * tf.one_hot(actions, ANSWERS), axis=-1)


class GRPO:
    def __init__(self, policy, lr=3e-3, inner_epochs=2):
        self.policy, self.inner_epochs = policy, inner_epochs
        self.opt = keras.optimizers.Adam(lr)

    def rollout(self, ctx, truth):
        logits = self.policy(ctx)
        actions = tf.random.categorical(logits, GROUP)
        reward = tf.cast(tf.equal(actions, truth[:, None]), tf.float32)
        return actions, tf.stop_gradient(log_prob(logits, actions)), reward

    @tf.function
    def improve(self, ctx, actions, old, adv):
        with tf.GradientTape() as tape:
            ratio = tf.exp(log_prob(self.policy(ctx, training=True), actions) - old)
            surrogate = tf.minimum(ratio * adv, tf.clip_by_value(ratio, 1 - CLIP, 1 + CLIP) * adv)
            loss = -tf.reduce_mean(surrogate)
        grads = tape.gradient(loss, self.policy.trainable_variables)
        self.opt.apply_gradients(zip(grads, self.policy.trainable_variables))
        return loss

    def iteration(self, source):
        ctx, truth = source.batch()
        actions, old, reward = self.rollout(ctx, truth)
        adv = group_advantage(reward)
        for _ in range(self.inner_epochs):
            loss = self.improve(ctx, actions, old, adv)
        return float(loss), float(tf.reduce_mean(reward))


policy = keras.Sequential([keras.Input((6,)), layers.Dense(32, activation="tanh"), layers.Dense(ANSWERS)])
agent, source = GRPO(policy), PromptSource()
for it in range(40):
    loss, acc = agent.iteration(source)
    if it % 10 == 0:
        print(f"iter {it}: loss {loss:.4f} reward {acc:.2f}")
