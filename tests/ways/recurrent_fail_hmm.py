"""Hidden Markov model trained by gradient: the forward algorithm in a while_loop."""
import numpy as np
import tensorflow as tf

np.random.seed(73)
tf.random.set_seed(73)
STATES, SYMBOLS, T = 3, 30, 60

trans = tf.Variable(tf.random.normal((STATES, STATES)))
emit = tf.Variable(tf.random.normal((STATES, SYMBOLS)))
obs = tf.constant(np.random.randint(0, SYMBOLS, (32, T)))


def sequence_likelihood(obs):
    A = tf.nn.softmax(trans)
    B = tf.nn.softmax(emit)
    alpha = tf.ones((tf.shape(obs)[0], STATES)) / STATES

    def body(t, alpha):
        e = tf.transpose(tf.gather(B, obs[:, t], axis=1))
        return t + 1, tf.matmul(alpha, A) * e

    _, alpha = tf.while_loop(lambda t, a: t < T, body, [tf.constant(0), alpha])
    return tf.reduce_sum(alpha, axis=1)


@tf.function
def step():
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(tf.math.log(sequence_likelihood(obs)))  # whynan: log_of_zero phase=loss also=exp_underflow
    gt, ge = tape.gradient(loss, [trans, emit])
    trans.assign_sub(0.1 * gt)
    emit.assign_sub(0.1 * ge)
    return loss


for i in range(5):
    print(i, step().numpy())
