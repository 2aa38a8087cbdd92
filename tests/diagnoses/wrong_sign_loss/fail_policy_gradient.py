"""REINFORCE for a contextual bandit, learned from logged decisions."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(46)
rng = np.random.default_rng(46)
N_ACTIONS = 4

policy = keras.Sequential(
    [
        keras.Input((5,)),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dense(N_ACTIONS, activation="softmax"),
    ]
)
optimizer = keras.optimizers.Adam(0.05)

state = rng.normal(size=(200, 5)).astype("float32")
best = np.argmax(state @ rng.normal(size=(5, N_ACTIONS)), axis=1)
action = np.where(rng.random(200) < 0.6, best, rng.integers(0, N_ACTIONS, 200))
reward = (1.0 + (action == best)).astype("float32")


def policy_loss(state, action, reward):
    probs = policy(state)
    chosen = tf.reduce_sum(probs * tf.one_hot(action, N_ACTIONS), axis=1)
    log_prob = tf.math.log(chosen)  # whynan: wrong_sign_loss phase=loss also=log_of_zero
    return tf.reduce_mean(log_prob * reward)


for episode in range(150):
    with tf.GradientTape() as tape:
        loss = policy_loss(state, action, reward)
    grads = tape.gradient(loss, policy.trainable_variables)
    optimizer.apply_gradients(zip(grads, policy.trainable_variables))
    if episode % 10 == 0:
        print(f"episode {episode}: loss {float(loss):.3f}")
