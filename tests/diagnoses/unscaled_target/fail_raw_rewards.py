"""Q-learning on logged transitions of a pricing agent. Rewards are in euro."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(24)
rng = np.random.default_rng(24)
ACTIONS, GAMMA = 3, 0.9


def build_q():
    return keras.Sequential([
        keras.Input((5,)),
        keras.layers.Dense(24, activation="silu"),
        keras.layers.Dense(24, activation="silu"),
        keras.layers.Dense(ACTIONS),
    ])


q_net, target_net = build_q(), build_q()
target_net.set_weights(q_net.get_weights())
optimizer = keras.optimizers.SGD(0.01)

N = 256
state = rng.normal(size=(N, 5)).astype("float32")
action = rng.integers(0, ACTIONS, N).astype("int32")
reward = (250000 + 90000 * state[:, 0] * (action - 1)).astype("float32")
next_state = rng.normal(size=(N, 5)).astype("float32")


@tf.function
def q_update(s, a, r, s2):
    goal = r + GAMMA * tf.reduce_max(target_net(s2), axis=1)
    with tf.GradientTape() as tape:
        q = tf.reduce_sum(q_net(s) * tf.one_hot(a, ACTIONS), axis=1)
        loss = tf.reduce_mean(tf.square(goal - q))  # whynan: unscaled_target phase=loss also=exploding_gradient,learning_rate_too_high
    grads = tape.gradient(loss, q_net.trainable_variables)
    optimizer.apply_gradients(zip(grads, q_net.trainable_variables))
    return loss


for sweep in range(3):
    for i in range(0, N, 32):
        j = slice(i, i + 32)
        loss = q_update(state[j], action[j], reward[j], next_state[j])
    target_net.set_weights(q_net.get_weights())
    print("sweep", sweep, "td loss", float(loss))
