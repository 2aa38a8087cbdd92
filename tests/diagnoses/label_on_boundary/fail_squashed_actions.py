"""Behaviour cloning with a tanh-squashed Gaussian policy (as in SAC)."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(66)
rng = np.random.default_rng(66)
observations = rng.normal(size=(256, 6)).astype("float32")
joystick = 0.8 * observations[:, :2] + rng.normal(0, 0.1, (256, 2))
actions = np.clip(joystick, -1.0, 1.0).astype("float32")

trunk = keras.layers.Dense(32, activation="relu")
mean_head = keras.layers.Dense(2)
log_std_head = keras.layers.Dense(2)
inp = keras.Input((6,))
h = trunk(inp)
actor = keras.Model(inp, [mean_head(h), log_std_head(h)])
optimizer = keras.optimizers.Adam(3e-3)


def log_likelihood(obs, act):
    mean, log_std = actor(obs)
    log_std = tf.clip_by_value(log_std, -5.0, 2.0)
    raw = tf.atanh(act)  # whynan: label_on_boundary phase=loss
    z = (raw - mean) / tf.exp(log_std)
    return tf.reduce_sum(-0.5 * tf.square(z) - log_std - tf.math.log(1.0 - tf.square(act)), -1)


@tf.function
def update(obs, act):
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(log_likelihood(obs, act))
    grads = tape.gradient(loss, actor.trainable_variables)
    optimizer.apply_gradients(zip(grads, actor.trainable_variables))
    return loss


for epoch in range(3):
    for i in range(0, 256, 32):
        loss = update(observations[i:i + 32], actions[i:i + 32])
    print(epoch, float(loss))
