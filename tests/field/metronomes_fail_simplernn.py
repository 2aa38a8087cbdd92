# Which of three time signatures is the metronome ticking? (3/4, 4/4, 6/8)
# 240 frames of onset strength + frame energy, SimpleRNN as in the course notes.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(120)

FRAMES = 240
UNITS = 128
N = 640
ACCENTS = {0: [1.0, .4, .4], 1: [1.0, .4, .6, .4], 2: [1.0, .3, .3, .7, .3, .3]}


def clip_of(label, rs):
    pattern = ACCENTS[label]
    gap = rs.randint(8, 14)
    offset = rs.randint(0, gap)
    onset = np.zeros(FRAMES)
    for k, t in enumerate(range(offset, FRAMES, gap)):
        onset[t] = pattern[k % len(pattern)]
    energy = np.convolve(onset, np.exp(-np.arange(6) / 2.0))[:FRAMES]
    frames = np.stack([onset, energy], axis=1)
    return frames + rs.normal(0, 0.03, frames.shape)


rs = np.random.RandomState(120)
labels = rs.randint(0, 3, N)
clips = np.stack([clip_of(l, rs) for l in labels])
clips = ((clips - clips.mean((0, 1))) / clips.std((0, 1))).astype("float32")

model = keras.Sequential([
    keras.Input((FRAMES, 2)),
    layers.SimpleRNN(
        UNITS,
        kernel_initializer="glorot_uniform",
        recurrent_initializer=keras.initializers.RandomNormal(mean=0.0, stddev=1.0),
    ),
    layers.Dense(3),
])
model.compile(
    optimizer=keras.optimizers.Adam(5e-4, clipnorm=1.0),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)

batches = (
    tf.data.Dataset.from_tensor_slices((clips[:560], labels[:560]))
    .shuffle(560, seed=3)
    .batch(40)
)

for epoch in range(3):
    model.reset_metrics()
    for xb, yb in batches:
        logs = model.train_on_batch(xb, yb, return_dict=True)  # whynan: bad_initialization phase=gradient also=exploding_gradient
    print("epoch", epoch, {k: round(float(v), 4) for k, v in logs.items()})

logits = model.predict(clips[560:], verbose=0)
print("held out accuracy", np.mean(logits.argmax(1) == labels[560:]))
