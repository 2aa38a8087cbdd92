"""Doorbell / knock / alarm detector for a small hallway microphone.

The clean clips are short, so we mix them with a long recording of the street
at a random signal-to-noise ratio while they are streamed to the network.
"""
import numpy as np
import tensorflow as tf
import keras

SR = 4000
CLIP = SR // 2
CLASSES = ["doorbell", "knock", "alarm"]

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)


def make_clip(kind):
    t = np.arange(CLIP) / SR
    start = rng.uniform(0.0, 0.15)
    env = np.where(t > start, np.exp(-(t - start) * rng.uniform(6, 12)), 0.0)
    if kind == 0:
        f = rng.uniform(600, 750)
        wave = env * (np.sin(2 * np.pi * f * t) + 0.6 * np.sin(2 * np.pi * f * 0.8 * t))
    elif kind == 1:
        wave = env ** 3 * rng.normal(size=CLIP)
    else:
        wave = 0.7 * np.sign(np.sin(2 * np.pi * rng.uniform(900, 1300) * t))
    wave = wave + 0.003 * rng.normal(size=CLIP)
    return (0.4 * wave).astype("float32")


def record_street(seconds=60):
    """One minute by the open window."""
    n = seconds * SR
    brown = np.cumsum(rng.normal(size=n))
    brown = brown - np.convolve(brown, np.ones(400) / 400, mode="same")
    rec = 0.02 * brown / brown.std()
    for _ in range(40):
        at = rng.integers(0, n - 800)
        rec[at:at + 800] += 0.05 * rng.normal(size=800)
    cut = slice(21 * SR, 29 * SR)       # private talk of the neighbours
    rec[cut] = 0.0
    return rec.astype("float32")


kinds = rng.integers(0, len(CLASSES), 600)
clips = np.stack([make_clip(k) for k in kinds])
street = record_street()


def rms(sig):
    return np.sqrt(np.mean(sig ** 2))


def with_street(clip, snr_db):
    at = rng.integers(0, len(street) - CLIP)
    noise = street[at:at + CLIP]
    return clip + noise * rms(clip) / (rms(noise) * 10 ** (snr_db / 20))  # whynan: divide_by_zero phase=data also=nan_in_input,nan_in_label


def stream():
    for i in rng.permutation(len(clips)):
        yield with_street(clips[i], rng.uniform(0, 15)), kinds[i]


def log_spectrum(wave, label):
    spec = tf.abs(tf.signal.stft(wave, frame_length=256, frame_step=128))
    return tf.math.log(spec + 1e-4), label


train = (
    tf.data.Dataset.from_generator(
        stream,
        output_signature=(
            tf.TensorSpec((CLIP,), tf.float32),
            tf.TensorSpec((), tf.int64),
        ),
    )
    .map(log_spectrum, num_parallel_calls=2)
    .batch(32)
    .prefetch(2)
)

model = keras.Sequential([
    keras.Input((14, 129)),
    keras.layers.LayerNormalization(),
    keras.layers.Conv1D(24, 3, activation="relu"),
    keras.layers.GlobalMaxPooling1D(),
    keras.layers.Dropout(0.2),
    keras.layers.Dense(len(CLASSES)),
])
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(train, epochs=5, verbose=2)
