"""Three-regime hidden Markov model for water level series, trained by gradient descent.

Uses the normalised forward recursion so that long series are no problem.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(55)
rng = np.random.default_rng(55)

N_SERIES, LENGTH, STATES = 400, 50, 3
true_mean = np.array([0.4, 1.3, 2.6])
true_std = np.array([0.15, 0.3, 0.5])
stay = np.array([[0.92, 0.06, 0.02], [0.05, 0.90, 0.05], [0.02, 0.10, 0.88]])


def gauge_series():
    s = rng.integers(STATES)
    out = []
    for _ in range(LENGTH):
        s = rng.choice(STATES, p=stay[s])
        out.append(rng.normal(true_mean[s], true_std[s]))
    return out


level = np.array([gauge_series() for _ in range(N_SERIES)], dtype="float32")
level[143, 31:33] = 38.4, 37.9


class RegimeHMM(keras.Model):

    def __init__(self, n_states):
        super().__init__()
        self.n = n_states
        self.start_logits = self.add_weight(shape=(n_states,), initializer="zeros", name="start")
        self.trans_logits = self.add_weight(
            shape=(n_states, n_states), name="trans",
            initializer=lambda shape, dtype=None: tf.eye(n_states) * 2.0)
        self.mean = self.add_weight(
            shape=(n_states,), name="mean",
            initializer=lambda shape, dtype=None: tf.constant([0.5, 1.5, 2.5]))
        self.raw_std = self.add_weight(
            shape=(n_states,), name="raw_std",
            initializer=lambda shape, dtype=None: tf.fill((n_states,), 0.3))

    def density(self, x):
        std = tf.nn.softplus(self.raw_std) + 0.05
        z = (x[:, :, None] - self.mean) / std
        return tf.exp(-0.5 * z * z) / (std * 2.5066283)

    def call(self, x):
        p = self.density(x)
        A = tf.nn.softmax(self.trans_logits, axis=1)
        alpha = tf.nn.softmax(self.start_logits)[None, :] * p[:, 0]
        totals = []
        for t in range(LENGTH):
            if t > 0:
                alpha = tf.matmul(alpha, A) * p[:, t]
            totals.append(tf.reduce_sum(alpha, axis=1, keepdims=True))
            alpha = alpha / totals[-1]  # whynan: exp_underflow phase=forward also=divide_by_zero rows=143
        return tf.reduce_sum(tf.math.log(tf.concat(totals, axis=1)), axis=1)

    def train_step(self, data):
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            nll = -tf.reduce_mean(self(x)) / LENGTH
        grads = tape.gradient(nll, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"nll": nll}


hmm = RegimeHMM(STATES)
hmm.compile(optimizer=keras.optimizers.Adam(0.02))
hmm.fit(level, batch_size=20, epochs=4, verbose=2)

print("means", hmm.mean.numpy().round(2))
print("transition matrix\n", tf.nn.softmax(hmm.trans_logits, axis=1).numpy().round(3))
