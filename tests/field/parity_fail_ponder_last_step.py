"""PonderNet: a recurrent cell that decides itself how many steps it thinks about the parity of a switch register.

The probabilities of the halting steps sum to one (checked with an assertion in a notebook) and the first loss is right.
With the second batch the loss is nan. Gradient clipping makes no difference.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(64)

WIDTH = 12
MAX_STEPS = 6


class PonderNet(keras.Model):
    def __init__(self, state_size=32, max_steps=MAX_STEPS, prior=0.3, beta=0.01, **kwargs):
        super().__init__(**kwargs)
        self.state_size = state_size
        self.max_steps = max_steps
        self.beta = beta
        self.cell = layers.GRUCell(state_size)
        self.answer = layers.Dense(1, name="answer")
        self.halt = layers.Dense(1, activation="sigmoid", name="halt")
        geometric = prior * (1.0 - prior) ** np.arange(max_steps)
        self.log_prior = tf.constant(np.log(geometric / geometric.sum()), dtype=tf.float32)

    def call(self, register):
        state = tf.zeros((tf.shape(register)[0], self.state_size))
        logits, halting = [], []
        for _ in range(self.max_steps):
            state, _ = self.cell(register, [state])
            logits.append(self.answer(state))
            halting.append(self.halt(state))
        return tf.concat(logits, axis=1), self.halting_distribution(tf.concat(halting, axis=1))

    def halting_distribution(self, lam):
        """p_n = lambda_n * prod_{j<n} (1 - lambda_j); whoever is still running at the last step halts there."""
        last = tf.one_hot(self.max_steps - 1, self.max_steps)
        lam = lam * (1.0 - last) + last
        log_running = tf.cumsum(tf.math.log(1.0 - lam), axis=1, exclusive=True)  # whynan: log_of_zero phase=gradient|forward also=divide_by_zero
        return lam * tf.exp(log_running)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        logits, p = y_pred
        labels = y * tf.ones_like(logits)
        each = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
        expected = tf.reduce_sum(p * each, axis=1)
        divergence = tf.reduce_sum(p * (tf.math.log(p + 1e-8) - self.log_prior), axis=1)
        return tf.reduce_mean(expected + self.beta * divergence)


def registers(count, seed):
    """Some switches are up (1), some down (-1), the rest is not connected (0)."""
    rng = np.random.default_rng(seed)
    values = rng.choice([-1.0, 1.0], size=(count, WIDTH))
    connected = np.arange(WIDTH)[None, :] < rng.integers(1, WIDTH + 1, size=(count, 1))
    values = values * connected
    odd = (values == 1.0).sum(axis=1) % 2
    return values.astype("float32"), odd.astype("float32")[:, None]


def pipeline(count, seed, batch=64):
    return tf.data.Dataset.from_tensor_slices(registers(count, seed)).shuffle(count, seed=seed).batch(batch)


model = PonderNet()
model.compile(optimizer=keras.optimizers.Adam(2e-3, clipnorm=1.0), jit_compile=False)
model.fit(pipeline(1280, seed=6), epochs=3, verbose=2)

logits, p = model(registers(4, seed=99)[0])
print("expected number of steps:", np.sum(p.numpy() * np.arange(1, MAX_STEPS + 1), axis=1))
