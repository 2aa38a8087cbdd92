"""Left-right HMM trained by the forward algorithm in log space.

Forbidden transitions really are log(0) = -inf here, no -1e9 tricks. That's fine as long as logsumexp knows about
columns in which *everything* is -inf (happens in the first S frames)."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(11)
NEG_INF = -np.inf
S, T, N = 4, 18, 96


def make_strokes(n):
    rng = np.random.default_rng(3)
    levels = np.array([-2.0, 0.5, 3.0, -1.0])
    out = np.zeros((n, T, 1), "float32")
    for k in range(n):
        cuts = np.sort(rng.choice(np.arange(2, T - 1), S - 1, replace=False))
        state = np.searchsorted(cuts, np.arange(T), side="right")
        out[k, :, 0] = levels[state] + 0.3 * rng.normal(size=T)
    return out


def safe_logsumexp(x, axis):
    """-inf for a column that is -inf throughout, with a zero gradient instead of 0/0."""
    top = tf.stop_gradient(tf.reduce_max(x, axis=axis, keepdims=True))
    dead = tf.math.is_inf(top)
    top = tf.where(dead, tf.zeros_like(top), top)
    total = tf.reduce_sum(tf.exp(x - top), axis=axis)
    dead = tf.squeeze(dead, axis)
    log_total = tf.math.log(tf.where(dead, tf.ones_like(total), total))
    return tf.where(dead, tf.fill(tf.shape(total), NEG_INF), log_total + tf.squeeze(top, axis))


class LeftRightHMM(keras.Model):
    def __init__(self, states):
        super().__init__()
        self.allowed = tf.constant(np.eye(states) + np.eye(states, k=1) > 0)
        start = np.full(states, NEG_INF, "float32")
        start[0] = 0.0
        self.log_start = tf.constant(start)
        self.jump = self.add_weight(shape=(states, states), initializer="zeros", name="jump")
        self.mean = self.add_weight(shape=(states,), initializer=keras.initializers.RandomNormal(stddev=1.0), name="mean")

    def log_transition(self):
        neg = tf.fill(self.allowed.shape, NEG_INF)
        jump = tf.convert_to_tensor(self.jump)
        return tf.where(self.allowed, tf.nn.log_softmax(tf.where(self.allowed, jump, neg)), neg)

    def call(self, x):
        emit = -0.5 * tf.square(x - tf.convert_to_tensor(self.mean)) - 0.5 * float(np.log(2 * np.pi))
        log_a = self.log_transition()
        alpha = self.log_start + emit[:, 0]
        for t in range(1, T):
            alpha = safe_logsumexp(alpha[:, :, None] + log_a[None], axis=1) + emit[:, t]
        return alpha[:, -1]                     # must end in the last state

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, **kwargs):
        return -tf.reduce_mean(y_pred)


strokes = make_strokes(N)
hmm = LeftRightHMM(S)
hmm.compile(optimizer=keras.optimizers.Adam(0.05))
hist = hmm.fit(strokes, np.zeros(N, "float32"), batch_size=32, epochs=12, verbose=0)
print("nll", hist.history["loss"][0], "->", hist.history["loss"][-1])
print(np.round(hmm.log_transition().numpy(), 2))      # full of -inf, as it should be
# whynan: healthy
