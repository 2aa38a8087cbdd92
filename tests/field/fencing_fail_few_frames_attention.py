"""Which action did the fencer do? Six channels of a motion sensor in the guard, actions of different length.

Self attention in which a frame looks only at the few frames that fit it best (the paper calls that top-k attention).
Ordinary attention trains well here. With the top-k version the loss is nan at once. I do leave the padding out when I
average over the frames, so the padding cannot be it.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(77)

ACTIONS = ["lunge", "parry", "riposte", "fleche"]
LONGEST = 40


class TopKAttention(layers.Layer):
    def __init__(self, width, k, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.k = k
        self.query = layers.Dense(width, use_bias=False)
        self.key = layers.Dense(width, use_bias=False)
        self.value = layers.Dense(width, use_bias=False)

    def call(self, frames):
        q, k, v = self.query(frames), self.key(frames), self.value(frames)
        scores = ops.matmul(q, ops.transpose(k, (0, 2, 1))) / self.width**0.5
        best, _ = ops.top_k(scores, self.k)
        weakest_of_best = best[..., -1:]
        chosen = ops.where(scores > weakest_of_best, scores, float("-inf"))
        weights = ops.softmax(chosen, axis=-1)  # whynan: softmax_all_masked phase=forward
        return ops.matmul(weights, v)


class ActionModel(keras.Model):
    def __init__(self, width=24, k=9):
        super().__init__()
        self.attention = TopKAttention(width, k)
        self.skip = layers.Dense(width)
        self.head = layers.Dense(len(ACTIONS))

    def call(self, frames):
        # an unused frame is all zeros
        used = ops.cast(ops.any(ops.not_equal(frames, 0.0), axis=-1, keepdims=True), "float32")
        h = self.skip(frames) + self.attention(frames)
        mean = ops.sum(h * used, axis=1) / ops.maximum(ops.sum(used, axis=1), 1.0)
        return self.head(mean)


def record(rng, action):
    """Three accelerations (g) and three turning rates (rad/s), 50 Hz."""
    length = int(rng.integers(16, 37))
    t = np.linspace(0.0, 1.0, length)
    thrust = np.exp(-(((t - 0.6) / 0.15) ** 2))
    sweep = np.sin(2 * np.pi * t)
    shape = {
        0: [2.2 * thrust, 0.2 * sweep, 0.3 * thrust, 0.5 * sweep, 0.4 * thrust, 0.2 * sweep],
        1: [0.3 * thrust, 1.4 * sweep, 0.2 * sweep, 2.5 * sweep, 0.3 * thrust, 1.1 * sweep],
        2: [1.5 * thrust, 1.0 * sweep, 0.3 * thrust, 1.8 * sweep, 0.9 * thrust, 0.6 * sweep],
        3: [2.8 * thrust, 0.4 * sweep, 1.2 * thrust, 0.6 * sweep, 1.5 * thrust, 0.3 * thrust],
    }[action]
    return np.stack(shape, axis=1) * rng.uniform(0.7, 1.3) + rng.normal(0.0, 0.15, (length, 6))


def load(n=480):
    rng = np.random.default_rng(77)
    labels = rng.integers(0, len(ACTIONS), n)
    records = [record(rng, int(a)) for a in labels]
    everything = np.concatenate(records)
    mean, std = everything.mean(axis=0), everything.std(axis=0)
    frames = np.zeros((n, LONGEST, 6), dtype="float32")
    for row, one in enumerate(records):
        frames[row, : len(one)] = (one - mean) / std
    return frames, labels.astype("int32")


frames, labels = load()
train = tf.data.Dataset.from_tensor_slices((frames[:400], labels[:400])).shuffle(400, seed=1).batch(25)
test = tf.data.Dataset.from_tensor_slices((frames[400:], labels[400:])).batch(40)

model = ActionModel()
model.compile(
    optimizer=keras.optimizers.Adam(3e-3, global_clipnorm=1.0),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(train, validation_data=test, epochs=5, verbose=2)
