"""Actor-critic on logged inventory decisions, with an entropy bonus."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)

N_ITEMS, N_ACTIONS = 12, 4
states = rng.integers(0, 900, size=(512, N_ITEMS)).astype("float32")
actions = rng.integers(0, N_ACTIONS, size=512)
returns = rng.normal(size=512).astype("float32")

inputs = keras.Input((N_ITEMS,))
h = keras.layers.Dense(32, activation="tanh")(inputs)
skip = keras.layers.Concatenate()([h, inputs])
policy = keras.layers.Dense(N_ACTIONS, activation="softmax")(skip)
value = keras.layers.Dense(1)(h)
agent = keras.Model(inputs, [policy, value])
opt = keras.optimizers.Adam(3e-4)


def a2c_loss(s, a, ret):
    probs, v = agent(s, training=True)
    v = tf.squeeze(v, -1)
    adv = tf.stop_gradient(ret - v)
    picked = tf.gather(probs, a, batch_dims=1)
    pg = -tf.reduce_mean(tf.math.log(picked + 1e-8) * adv)
    entropy = -tf.reduce_sum(probs * tf.math.log(probs), axis=-1)  # whynan: log_of_zero phase=loss also=exp_underflow,unscaled_input
    critic = tf.reduce_mean(tf.square(ret - v))
    return pg + 0.5 * critic - 0.01 * tf.reduce_mean(entropy)


for epoch in range(3):
    for i in range(0, 512, 64):
        s, a, r = states[i:i + 64], actions[i:i + 64], returns[i:i + 64]
        with tf.GradientTape() as tape:
            loss = a2c_loss(s, a, r)
        grads = tape.gradient(loss, agent.trainable_variables)
        opt.apply_gradients(zip(grads, agent.trainable_variables))
    print("epoch", epoch, "loss", float(loss))
