"""Left-to-right HMM in log space: impossible transitions and starts are -inf."""
import numpy as np
import tensorflow as tf

np.random.seed(10)
tf.random.set_seed(10)
S, V, T = 4, 8, 30
allowed = np.eye(S) + np.eye(S, k=1)
log_allowed = tf.constant(np.where(allowed > 0, 0.0, -np.inf), tf.float32)
start = tf.constant([0.0] + [-np.inf] * (S - 1), tf.float32)

trans = tf.Variable(tf.zeros((S, S)))
emit = tf.Variable(tf.random.normal((S, V), stddev=0.1))


@tf.function
def nll(obs):
    log_a = tf.nn.log_softmax(trans + log_allowed)
    log_b = tf.nn.log_softmax(emit)
    alpha = start[None] + tf.transpose(tf.gather(log_b, obs[:, 0], axis=1))
    for t in tf.range(1, T):
        alpha = tf.reduce_logsumexp(alpha[:, :, None] + log_a[None], axis=1) + tf.transpose(tf.gather(log_b, obs[:, t], axis=1))  # whynan: log_of_zero phase=gradient also=softmax_all_masked,divide_by_zero,where_gradient_trap
    return -tf.reduce_mean(tf.reduce_logsumexp(alpha, axis=1)) / T


state = np.minimum(np.arange(T) // 8, S - 1)
obs = tf.constant((2 * state[None] + np.random.randint(0, 2, (48, T))).astype("int32"))
opt = tf.keras.optimizers.Adam(0.2)
for i in range(12):
    with tf.GradientTape() as tape:
        loss = nll(obs)
    grads = tape.gradient(loss, [trans, emit])
    opt.apply_gradients(zip(grads, [trans, emit]))
    print(i, float(loss))
