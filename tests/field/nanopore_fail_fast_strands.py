"""Base calling: from the current trace of a nanopore to the letters A C G T.

I keep the emissions as probabilities and rescale the forward variable in every frame,
as one does for hidden Markov models, so nothing can underflow.  The probabilities are
clipped from below on top of that, and traces with more bases than samples are thrown
away before training.  The first batches look right, then the loss is inf once and nan
from there on.  A smaller learning rate changes nothing.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(61)

SAMPLES = 200
STRIDE = 5
LEVELS_PA = np.array([0.0, 78.0, 92.0, 105.0, 119.0])  # index 0 is not a base
RUNAWAY_MOTOR = (75, 190, 301)  # reads in which the enzyme lost its grip for a while


def squiggle(bases, rng):
    inside = np.floor(np.arange(SAMPLES) * len(bases) / SAMPLES).astype(int)
    current = LEVELS_PA[bases[inside]] + rng.normal(0.0, 2.5, SAMPLES)
    return (current - 98.0) / 15.0


def simulate_reads(n=384, seed=8):
    rng = np.random.default_rng(seed)
    counts = rng.integers(10, 19, n)
    counts[list(RUNAWAY_MOTOR)] = (46, 52, 49)
    traces = np.zeros((n, SAMPLES, 1), "float32")
    letters = np.zeros((n, counts.max()), "int32")
    for i, count in enumerate(counts):
        bases = rng.integers(1, 5, count)
        traces[i, :, 0] = squiggle(bases, rng)
        letters[i, :count] = bases
    return traces, letters, counts


class RescaledCTC(keras.losses.Loss):
    """Forward recursion over blank, l1, blank, l2, ... with the mass taken out per frame."""

    def __init__(self, frames, symbols, longest, floor=1e-7):
        super().__init__(name="rescaled_ctc")
        self.frames = frames
        self.symbols = symbols
        self.longest = longest
        self.floor = floor

    def call(self, y_true, y_pred):
        labels = tf.cast(y_true, tf.int32)
        probs = tf.clip_by_value(y_pred, self.floor, 1.0)
        size = 2 * self.longest + 1

        pairs = tf.stack([tf.zeros_like(labels), labels], axis=2)
        states = tf.pad(tf.reshape(pairs, (-1, 2 * self.longest)), [[0, 0], [0, 1]])
        two_back = tf.pad(states, [[0, 0], [2, 0]])[:, :-2]
        may_jump = tf.cast(tf.logical_and(states > 0, tf.not_equal(states, two_back)), tf.float32)
        emit = tf.einsum("btk,bsk->bts", probs, tf.one_hot(states, self.symbols))

        alpha = emit[:, 0] * (tf.one_hot(0, size) + tf.one_hot(1, size))
        log_p = 0.0
        for t in range(self.frames):
            if t > 0:
                step = tf.pad(alpha, [[0, 0], [1, 0]])[:, :-1]
                jump = tf.pad(alpha, [[0, 0], [2, 0]])[:, :-2]
                alpha = (alpha + step + may_jump * jump) * emit[:, t]
            mass = tf.reduce_sum(alpha, axis=1, keepdims=True)
            alpha = alpha / mass
            log_p += tf.math.log(mass[:, 0])

        last = 2 * tf.reduce_sum(tf.cast(labels > 0, tf.int32), axis=1)
        is_end = tf.one_hot(last, size) + tf.one_hot(last - 1, size)
        log_p += tf.math.log(tf.reduce_sum(alpha * is_end, axis=1))  # whynan: ctc_infeasible_alignment phase=loss rows=75,190,301 also=log_of_zero
        return -log_p


def base_caller():
    return keras.Sequential([
        keras.Input((SAMPLES, 1)),
        layers.Conv1D(32, 9, strides=STRIDE, padding="same", activation="gelu"),
        layers.Conv1D(32, 5, padding="same", activation="gelu"),
        layers.Dense(5, activation="softmax"),
    ])


if __name__ == "__main__":
    traces, letters, counts = simulate_reads()
    usable = counts < SAMPLES
    print("reads used:", int(usable.sum()), "of", len(usable))

    model = base_caller()
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3, clipnorm=1.0),
        loss=RescaledCTC(frames=SAMPLES // STRIDE, symbols=5, longest=letters.shape[1]),
    )
    model.fit(traces[usable], letters[usable], batch_size=32, epochs=3, verbose=2)
