# ZNorm: z-score of every gradient tensor before Adam. Copied from my PyTorch version (there the last
# layer had bias=False, don't know if it matters). Loss of the first batch ok, then nan.
import numpy as np
import keras
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(19)


def zscore(g):
    centred = g - tf.reduce_mean(g)
    return centred / tf.math.reduce_std(g)  # whynan: divide_by_zero phase=gradient|update also=zero_variance_normalisation,single_element_variance


class ZNormAdam(keras.optimizers.Adam):
    """Adam on standardised gradients."""

    def apply(self, grads, trainable_variables=None):
        grads = [None if g is None else zscore(g) for g in grads]
        return super().apply(grads, trainable_variables)


class Lagged(keras.utils.PyDataset):
    """windows of a noisy seasonal series -> next value"""

    def __init__(self, series, window, batch, **kwargs):
        super().__init__(**kwargs)
        self.series, self.window, self.batch = series, window, batch
        self.starts = np.random.default_rng(19).permutation(len(series) - window)

    def __len__(self):
        return len(self.starts) // self.batch

    def __getitem__(self, i):
        s = self.starts[i * self.batch:(i + 1) * self.batch]
        x = np.stack([self.series[a:a + self.window] for a in s])[..., None]
        return x, self.series[s + self.window][:, None]


t = np.arange(1500)
series = (np.sin(t / 9) + 0.4 * np.sin(t / 31) + np.random.default_rng(1).normal(0, 0.1, t.size)).astype("float32")

net = keras.Sequential([
    keras.Input((24, 1)),
    layers.Conv1D(16, 5, activation="tanh"),
    layers.Conv1D(16, 5, activation="tanh"),
    layers.GlobalAveragePooling1D(),
    layers.Dense(1),
])
net.compile(optimizer=ZNormAdam(1e-3), loss="mae")
net.fit(Lagged(series, 24, 32), epochs=3, verbose=2)
