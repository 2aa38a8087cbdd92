"""Frog call detector on mel energies with a trainable PCEN front end.

The PCEN layer is copied from a keyword spotting repo. Settings for outdoor recordings are
from the bird paper (power 0.25), but my recorder already normalises so I do not need the bias.
"""
import numpy as np
import tensorflow as tf
import keras

PCEN = {"smooth": 0.04, "gain": 0.8, "bias": 0.0, "root": 0.25, "eps": 1e-6}
FRAMES, BANDS, SPECIES = 48, 20, 3


def synth_mel(n, seed):
    """mel energies; the recorder gates to digital silence until the trigger fires"""
    rng = np.random.default_rng(seed)
    mel = rng.gamma(2.0, 0.02, size=(n, FRAMES, BANDS))
    species = rng.integers(0, SPECIES, n)
    for i, s in enumerate(species):
        band = 4 + 5 * s
        mel[i, 15:40:4, band:band + 3] += rng.uniform(0.5, 1.5)
        trigger = rng.integers(4, 12)
        mel[i, :trigger] = 0.0
    return mel.astype("float32"), species.astype("int32")


def smoothing_matrix(frames, s):
    # lower triangular matrix instead of tf.scan, same result and a lot faster
    t = np.arange(frames)
    lag = t[:, None] - t[None, :]
    return np.where(lag >= 0, s * (1.0 - s) ** np.maximum(lag, 0), 0.0).astype("float32")


class PCENLayer(keras.layers.Layer):
    def __init__(self, smooth, gain, bias, root, eps, **kwargs):
        super().__init__(**kwargs)
        self.smooth, self.gain, self.bias, self.root, self.eps = smooth, gain, bias, root, eps

    def build(self, input_shape):
        frames, bands = input_shape[1], input_shape[2]
        self.smoother = smoothing_matrix(frames, self.smooth)
        self.band_weight = self.add_weight(name="band_weight", shape=(bands,), initializer="ones")

    def normalise(self, energy):
        slow = tf.einsum("ts,bsf->btf", self.smoother, energy)
        return energy / tf.pow(self.eps + slow, self.gain)

    def compress(self, x):
        return tf.pow(x + self.bias, self.root) - self.bias ** self.root  # whynan: pow_grad_at_zero phase=gradient

    def call(self, mel):
        energy = mel * self.band_weight
        return self.compress(self.normalise(energy))


class FrogNet(keras.Model):
    def __init__(self, pcen_config, **kwargs):
        super().__init__(**kwargs)
        self.frontend = PCENLayer(**pcen_config)
        self.encoder = keras.layers.GRU(24)
        self.drop = keras.layers.Dropout(0.1)
        self.head = keras.layers.Dense(SPECIES)

    def call(self, mel, training=None):
        features = self.frontend(mel)
        hidden = self.encoder(features)
        return self.head(self.drop(hidden, training=training))


class PrintEvery(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        print(f"epoch {epoch}: " + " ".join(f"{k}={v:.4f}" for k, v in logs.items()))


if __name__ == "__main__":
    keras.utils.set_random_seed(3)
    x, y = synth_mel(320, seed=0)
    ds = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(320, seed=0).batch(32).prefetch(1)
    model = FrogNet(PCEN)
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(ds, epochs=3, verbose=0, callbacks=[PrintEvery()])
