# actor with entropy bonus; network in float16
import numpy as np
import tensorflow as tf

tf.random.set_seed(91)
rng = np.random.default_rng(91)
OBS, ACTIONS = 6, 5
w = tf.Variable(tf.random.normal([OBS, ACTIONS], stddev=1.5))
observations = (4.0 * rng.normal(size=(192, OBS))).astype("float32")
advantage = rng.normal(size=(192,)).astype("float32")
taken = rng.integers(0, ACTIONS, 192)


def entropy(p, eps=1e-8):
    return -tf.reduce_sum(p * tf.math.log(p + eps), axis=-1)  # whynan: float16_epsilon_underflow phase=forward|loss also=log_of_zero,exp_underflow


@tf.function
def update(obs, act, adv):
    with tf.GradientTape() as tape:
        logits = tf.matmul(tf.cast(obs, tf.float16), tf.cast(w, tf.float16))
        p = tf.nn.softmax(logits)
        log_p = tf.nn.log_softmax(tf.cast(logits, tf.float32))
        policy = -tf.reduce_mean(tf.gather(log_p, act, batch_dims=1) * adv)
        bonus = tf.cast(tf.reduce_mean(entropy(p)), tf.float32)
        loss = policy - 0.01 * bonus
    w.assign_sub(0.01 * tape.gradient(loss, w))
    return loss


for epoch in range(2):
    for i in range(0, 192, 32):
        loss = update(observations[i:i + 32], taken[i:i + 32], advantage[i:i + 32])
    print("epoch", epoch, "loss", float(loss), "weights finite:", bool(np.isfinite(w.numpy()).all()))
