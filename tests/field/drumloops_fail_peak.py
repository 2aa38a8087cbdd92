"""Which drum is it? Classifies one-shot recordings by their log spectrogram.

The one-shots come from the four channels of my recorder (8 kHz, 16 bit).
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

RATE = 8000
LENGTH = 2048
DRUMS = ["kick", "snare", "hihat", "tom"]


def strike(drum, rng):
    """One hit, somewhere between 0 and 1 in amplitude."""
    t = np.arange(LENGTH) / RATE
    noise = rng.standard_normal(LENGTH)
    if drum == "kick":
        f = rng.uniform(50, 75)
        wave = np.sin(2 * np.pi * f * t * (1 + 0.6 * np.exp(-30 * t))) * np.exp(-12 * t)
    elif drum == "snare":
        wave = 0.5 * np.sin(2 * np.pi * rng.uniform(170, 220) * t) * np.exp(-20 * t)
        wave += 0.4 * noise * np.exp(-18 * t)
    elif drum == "hihat":
        wave = np.diff(noise, prepend=0.0) * 0.4 * np.exp(-rng.uniform(25, 45) * t)
    else:
        f = rng.uniform(100, 150)
        wave = np.sin(2 * np.pi * f * t) * np.exp(-9 * t)
    return wave + 0.004 * rng.standard_normal(LENGTH)


def record_session(n, rng):
    labels = rng.integers(0, len(DRUMS), n)
    fader = rng.uniform(0.15, 0.95, n)
    fader[[58, 211, 305]] = 0.0
    takes = np.stack([g * strike(DRUMS[k], rng) for g, k in zip(fader, labels)])
    pcm = np.clip(takes * 32767 * 0.5, -32768, 32767).astype(np.int16)
    return pcm, labels


def to_float(pcm):
    return pcm.astype(np.float32) / 32768.0


def peak_normalise(wave):
    return wave / np.max(np.abs(wave))  # whynan: divide_by_zero phase=data also=zero_variance_normalisation,nan_in_input


def log_spectrogram(wave):
    spec = tf.abs(tf.signal.stft(wave, frame_length=256, frame_step=128))
    return tf.math.log(spec + 1e-6).numpy()[..., None]


def extract(pcm):
    feats = [log_spectrogram(peak_normalise(to_float(p))) for p in pcm]
    return np.asarray(feats, dtype=np.float32)


def build(shape):
    m = keras.Sequential(name="drumnet")
    m.add(keras.Input(shape))
    m.add(layers.Rescaling(0.2, offset=1.0))
    m.add(layers.Conv2D(8, 3, strides=2, padding="same"))
    m.add(layers.BatchNormalization())
    m.add(layers.Activation("relu"))
    m.add(layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"))
    m.add(layers.GlobalAveragePooling2D())
    m.add(layers.Dropout(0.2))
    m.add(layers.Dense(len(DRUMS), activation="softmax"))
    m.compile(keras.optimizers.Adam(3e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return m


def main(epochs=5, batch=20):
    keras.utils.set_random_seed(808)
    rng = np.random.default_rng(808)

    pcm, labels = record_session(480, rng)
    print("session:", pcm.shape, pcm.dtype, np.bincount(labels))
    feats = extract(pcm)
    x, y = feats[:400], labels[:400]
    x_test, y_test = feats[400:], labels[400:]

    net = build(x.shape[1:])
    for epoch in range(epochs):
        order = rng.permutation(len(x))
        log = []
        for start in range(0, len(x), batch):
            pick = order[start:start + batch]
            out = net.train_on_batch(x[pick], y[pick], return_dict=True)
            log.append(float(out["loss"]))
        print(f"epoch {epoch + 1}: loss {np.mean(log):.3f}  acc {float(out['accuracy']):.2f}")

    guess = net.predict(x_test, verbose=0).argmax(axis=1)
    confusion = np.zeros((len(DRUMS), len(DRUMS)), int)
    np.add.at(confusion, (y_test, guess), 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.diag(confusion) / confusion.sum(axis=0)
    print(confusion)
    print("precision:", dict(zip(DRUMS, precision.round(2))))


if __name__ == "__main__":
    main()
