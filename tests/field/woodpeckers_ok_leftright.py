"""Phases of a woodpecker's drum roll: a left-to-right HMM learned by gradient.

Each roll is a list of beats with (log interval, amplitude).  A roll passes
through four phases in a fixed order, it starts in the first and ends in the
last one.  The likelihood is the usual forward recursion in log space.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

PHASES, BEATS, FEATS = 4, 28, 2
NEVER = -np.inf
# a phase may stay or go on to the next one
ALLOWED = (np.eye(PHASES) + np.eye(PHASES, k=1)).astype(bool)


def record(n):
    centres = np.array([[1.2, -0.8], [0.2, 0.9], [-0.6, 0.4], [-1.1, -1.0]])
    rolls = np.empty((n, BEATS, FEATS), "float32")
    phases = np.empty((n, BEATS), "int64")
    for i in range(n):
        cuts = np.sort(rng.choice(np.arange(1, BEATS), PHASES - 1, replace=False))
        phases[i] = np.searchsorted(cuts, np.arange(BEATS), side="right")
        rolls[i] = centres[phases[i]] + rng.normal(0, 0.45, (BEATS, FEATS))
    return rolls, phases


def logsumexp(x, axis):
    top = tf.stop_gradient(tf.reduce_max(x, axis=axis, keepdims=True))
    top = tf.where(tf.math.is_finite(top), top, tf.zeros_like(top))
    total = tf.reduce_sum(tf.exp(x - top), axis=axis)
    alive = total > 0.0
    log_total = tf.math.log(tf.where(alive, total, tf.ones_like(total)))
    return tf.where(alive, log_total + tf.squeeze(top, axis), NEVER)


class DrumHMM(keras.layers.Layer):
    def __init__(self, **kw):
        super().__init__(**kw)
        self.mu = self.add_weight(shape=(PHASES, FEATS), initializer="zeros", name="mu")
        self.log_sd = self.add_weight(shape=(PHASES, FEATS), initializer="zeros", name="log_sd")
        self.jump = self.add_weight(shape=(PHASES, PHASES), initializer="zeros", name="jump")

    def log_transition(self):
        scores = tf.where(ALLOWED, tf.convert_to_tensor(self.jump), NEVER)
        return tf.nn.log_softmax(scores, axis=-1)

    def log_emission(self, rolls):
        mu, log_sd = tf.convert_to_tensor(self.mu), tf.convert_to_tensor(self.log_sd)
        z = (rolls[:, :, None, :] - mu) / tf.exp(log_sd)
        return -tf.reduce_sum(0.5 * z * z + log_sd + 0.919, axis=-1)

    def call(self, rolls):
        log_a = self.log_transition()
        log_b = self.log_emission(rolls)
        first = tf.range(PHASES) == 0
        alpha = tf.where(first, log_b[:, 0], NEVER)
        for t in range(1, BEATS):
            alpha = logsumexp(alpha[:, :, None] + log_a[None], axis=1) + log_b[:, t]
        return alpha[:, PHASES - 1]


rolls, truth = record(400)
hmm = DrumHMM()
start = [part.mean(axis=(0, 1)) for part in np.array_split(rolls, PHASES, axis=1)]
hmm.mu.assign(np.stack(start))
opt = keras.optimizers.Adam(0.03)
opt.build(hmm.trainable_variables)


@tf.function
def update(batch):
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(hmm(batch)) / BEATS
    grads = tape.gradient(loss, hmm.trainable_variables)
    opt.apply_gradients(zip(grads, hmm.trainable_variables))
    return loss


feed = tf.data.Dataset.from_tensor_slices(rolls).shuffle(400, seed=1).batch(50)
for epoch in range(12):
    losses = [float(update(batch)) for batch in feed]  # whynan: healthy
    print(f"epoch {epoch:2d}  nll per beat {np.mean(losses):.4f}")

# best path for the first hundred rolls
log_a = hmm.log_transition().numpy()
log_b = hmm.log_emission(rolls[:100]).numpy()
score = np.full((100, PHASES), NEVER)
score[:, 0] = log_b[:, 0, 0]
back = np.zeros((100, BEATS, PHASES), int)
for t in range(1, BEATS):
    cand = score[:, :, None] + log_a[None]
    back[:, t] = cand.argmax(axis=1)
    score = cand.max(axis=1) + log_b[:, t]
path = np.full((100, BEATS), PHASES - 1)
for t in range(BEATS - 1, 0, -1):
    path[:, t - 1] = back[np.arange(100), t, path[:, t]]
print("beats in the right phase:", (path == truth[:100]).mean().round(3))
