"""Frog call classifier, log-mel pictures made in tf.data. With 40 bands it trained nicely.

I wanted a finer picture and only changed the number of bands in the settings. Since then the very first
batch already reports loss: nan. There is no silent recording in the set (I listened to them and I also add
a little dither), no label is missing, and I floor the power so that the logarithm has nothing to complain about.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)

SETTINGS = {
    "rate": 8000,
    "seconds": 0.5,
    "window": 256,
    "hop": 128,
    "bands": 128,
    "lowest": 20.0,
    "highest": 4000.0,
    "batch": 16,
    "epochs": 4,
}
SPECIES = {"tree frog": (2400.0, 12.0), "marsh frog": (1100.0, 25.0), "toad": (600.0, 6.0)}


def record(carrier, pulse_rate, rng):
    """One call: a pulsed tone over pond noise."""
    n = int(SETTINGS["rate"] * SETTINGS["seconds"])
    t = np.arange(n) / SETTINGS["rate"]
    pitch = carrier * rng.normal(1.0, 0.04)
    pulses = 0.5 * (1.0 + np.sin(2 * np.pi * pulse_rate * t + rng.uniform(0, 6.28)))
    call = pulses**3 * np.sin(2 * np.pi * pitch * t)
    return 0.4 * call + rng.normal(0.0, 0.02, n)


def collect(per_species=80):
    rng = np.random.default_rng(31)
    waves, labels = [], []
    for index, (carrier, pulse_rate) in enumerate(SPECIES.values()):
        for _ in range(per_species):
            waves.append(record(carrier, pulse_rate, rng))
            labels.append(index)
    return np.asarray(waves, "float32"), np.asarray(labels, "int32")


FILTERS = tf.signal.linear_to_mel_weight_matrix(
    num_mel_bins=SETTINGS["bands"],
    num_spectrogram_bins=SETTINGS["window"] // 2 + 1,
    sample_rate=SETTINGS["rate"],
    lower_edge_hertz=SETTINGS["lowest"],
    upper_edge_hertz=SETTINGS["highest"],
)


def picture(wave, label):
    wave = wave + tf.random.normal(tf.shape(wave), stddev=1e-3)
    spectrum = tf.signal.stft(wave, SETTINGS["window"], SETTINGS["hop"], fft_length=SETTINGS["window"])
    power = tf.maximum(tf.square(tf.abs(spectrum)), 1e-10)
    bands = tf.matmul(power, FILTERS)
    loudness = tf.math.log(bands)  # whynan: inf_in_input phase=data also=log_of_zero,nan_in_input
    middle = tf.reduce_mean(loudness)
    spread = tf.math.reduce_std(loudness) + 1e-6
    return ((loudness - middle) / spread)[..., tf.newaxis], label


def build(frames):
    return keras.Sequential([
        keras.Input((frames, SETTINGS["bands"], 1)),
        keras.layers.Conv2D(8, 3, padding="same", activation="elu"),
        keras.layers.AveragePooling2D(2),
        keras.layers.Conv2D(16, 3, padding="same", activation="elu"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(len(SPECIES), activation="softmax"),
    ])


waves, labels = collect()
print("quietest recording, rms:", float(np.sqrt((waves**2).mean(axis=1)).min()))
calls = tf.data.Dataset.from_tensor_slices((waves, labels)).shuffle(len(waves), seed=31)
calls = calls.map(picture).batch(SETTINGS["batch"]).prefetch(1)

frames = (waves.shape[1] - SETTINGS["window"]) // SETTINGS["hop"] + 1
model = build(frames)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(calls, epochs=SETTINGS["epochs"], verbose=0)
print(history.history)
