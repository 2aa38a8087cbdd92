"""Weakly supervised note recogniser for church organ recordings.

Only the order of the notes is known (from the score), not when they are played. Every piece is a
left-to-right chain of its notes; the training loss is the likelihood of the chain, summed over all
alignments with the forward recursion.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(1685)
gen = np.random.default_rng(1685)

T = 120          # frames per excerpt
PITCHES = 24
NOTES = 12       # notes per excerpt
STAY = 0.9


def excerpt():
    notes = gen.integers(0, PITCHES, NOTES)
    cuts = np.sort(gen.choice(np.arange(4, T - 4), NOTES - 1, replace=False))
    which = np.searchsorted(cuts, np.arange(T), side="right")
    chroma = gen.normal(0, 0.25, (T, PITCHES))
    chroma[np.arange(T), notes[which]] += 1.0
    chroma[np.arange(T), (notes[which] + 12) % PITCHES] += 0.4     # octave coupler
    return chroma, notes


pieces = [excerpt() for _ in range(192)]
frames = np.stack([p[0] for p in pieces]).astype("float32")
scores = np.stack([p[1] for p in pieces]).astype("float32")

hop = np.eye(NOTES) * STAY + np.eye(NOTES, k=1) * (1 - STAY)
hop[-1, -1] = 1.0
HOP = tf.constant(hop, tf.float32)
START = tf.one_hot(0, NOTES)


def alignment_loss(score, posterior):
    wanted = tf.one_hot(tf.cast(score, tf.int32), PITCHES)
    emission = tf.einsum("btp,bnp->btn", posterior, wanted)
    alpha = emission[:, 0] * START
    for t in range(1, T):
        alpha = tf.matmul(alpha, HOP) * emission[:, t]
    return -tf.reduce_mean(tf.math.log(alpha[:, -1]))  # whynan: log_of_zero phase=loss|forward also=exp_underflow


net = keras.Sequential([
    layers.Input((T, PITCHES)),
    layers.Conv1D(32, 3, padding="same", activation="elu"),
    layers.Dense(PITCHES, activation="softmax"),
])
net.compile(optimizer=keras.optimizers.Nadam(2e-3), loss=alignment_loss)

for epoch in range(3):
    order = gen.permutation(len(frames))
    seen = []
    for k in range(0, len(order), 16):
        idx = order[k:k + 16]
        seen.append(net.train_on_batch(frames[idx], scores[idx]))
    print("epoch", epoch, "alignment loss", np.mean(seen))

print("most frequent pitch:", np.bincount(net.predict(frames[:8], verbose=0).argmax(-1).ravel(), minlength=PITCHES).argmax())
