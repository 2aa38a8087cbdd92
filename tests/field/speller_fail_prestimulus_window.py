"""P300 speller: does the epoch after a flash contain the response or not. As in every paper the mean of the part before
the flash is subtracted from each channel. Loss: nan from step 1. The recordings are clean (everything within 60 microvolt)."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(4)

RECORDING = {
    "rate": 250,               # Hz
    "pre_stimulus": 0.2,       # the flash comes this long after the start of an epoch
    "post_stimulus": 0.6,
    "channels": ["Fz", "Cz", "Pz", "Oz", "P3", "P4", "PO7", "PO8"],
}


def simulate_epochs(rng, n, rec):
    samples = int(round((rec["pre_stimulus"] + rec["post_stimulus"]) * rec["rate"]))
    time = np.arange(samples) / rec["rate"] - rec["pre_stimulus"]
    channels = len(rec["channels"])
    target = rng.uniform(size=n) < 1 / 3
    wave = 6.0 * np.exp(-(((time - 0.32) / 0.07) ** 2)) - 2.5 * np.exp(-(((time - 0.19) / 0.03) ** 2))
    topography = rng.uniform(0.3, 1.0, channels)
    alpha = np.sin(2 * np.pi * 10 * time + rng.uniform(0, 2 * np.pi, (n, 1)))
    eeg = rng.normal(0, 4.0, (n, samples, channels)) + 3.0 * alpha[..., None]
    eeg += rng.normal(0, 8.0, (n, 1, channels))                       # electrode drift
    eeg += target[:, None, None] * wave[None, :, None] * topography
    return eeg.astype("float32"), target.astype("float32")


class BaselineCorrection(keras.layers.Layer):
    def __init__(self, duration, rate, **kwargs):
        super().__init__(**kwargs)
        self.stop = int(duration * rate) // 1000          # milliseconds to samples

    def call(self, epochs):
        before = epochs[:, : self.stop, :]
        return epochs - tf.reduce_mean(before, axis=1, keepdims=True)  # whynan: empty_reduction phase=forward


class P300Net(keras.Model):
    def __init__(self, rec):
        super().__init__()
        self.correct = BaselineCorrection(rec["pre_stimulus"], rec["rate"])
        self.temporal = keras.layers.Conv1D(12, 15, strides=2, activation="elu")
        self.pool = keras.layers.AveragePooling1D(4)
        self.mix = keras.layers.Conv1D(8, 5, activation="elu")
        self.drop = keras.layers.Dropout(0.3)
        self.flatten = keras.layers.Flatten()
        self.decide = keras.layers.Dense(1)

    def call(self, epochs, training=False):
        x = self.correct(epochs) / 10.0
        x = self.pool(self.temporal(x))
        x = self.drop(self.mix(x), training=training)
        return self.decide(self.flatten(x))


rng = np.random.default_rng(4)
eeg, target = simulate_epochs(rng, 360, RECORDING)
print("range of the recordings", eeg.min(), eeg.max())

train = tf.data.Dataset.from_tensor_slices((eeg[:300], target[:300])).shuffle(300, seed=4).batch(30).prefetch(1)
check = tf.data.Dataset.from_tensor_slices((eeg[300:], target[300:])).batch(30)

net = P300Net(RECORDING)
net.compile(
    optimizer=keras.optimizers.AdamW(1e-3, weight_decay=1e-3),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
)
net.fit(train, validation_data=check, epochs=4, verbose=2)
