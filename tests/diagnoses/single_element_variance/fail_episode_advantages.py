"""REINFORCE on a corridor, advantages normalised within each episode."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(40)
rng = np.random.default_rng(40)
LENGTH = 6

policy = keras.Sequential([keras.Input((LENGTH,)), keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(2)])
opt = keras.optimizers.Adam(1e-2)


def play():
    pos, states, actions, rewards = int(rng.integers(1, LENGTH - 1)), [], [], []
    while 0 < pos < LENGTH - 1 and len(states) < 30:
        s = np.eye(LENGTH, dtype="float32")[pos]
        p = tf.nn.softmax(policy(s[None]))[0].numpy()
        a = int(rng.random() < p[1])
        pos += 2 * a - 1
        states.append(s)
        actions.append(a)
        rewards.append(1.0 if pos == LENGTH - 1 else -0.1)
    return np.array(states), np.array(actions), np.array(rewards)


for episode in range(20):
    S, A, R = play()
    returns = np.cumsum(R[::-1])[::-1]
    adv = (returns - returns.mean()) / (returns.std(ddof=1) + 1e-8)  # whynan: single_element_variance phase=data also=nan_in_input,nan_in_label
    with tf.GradientTape() as tape:
        logp = -tf.nn.sparse_softmax_cross_entropy_with_logits(labels=A, logits=policy(S))
        loss = -tf.reduce_mean(logp * adv.astype("float32"))
    opt.apply_gradients(zip(tape.gradient(loss, policy.trainable_variables), policy.trainable_variables))
    if episode % 4 == 3:
        print(f"episode {episode} return {R.sum():.1f} loss {loss.numpy():.3f}")
