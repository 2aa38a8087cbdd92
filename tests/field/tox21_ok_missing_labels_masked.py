"""Multi-task toxicity: about a third of the labels is NaN (assay not done) and masked in compute_loss."""
# whynan: healthy
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(52)
rng = np.random.default_rng(52)

N, BITS, TASKS = 320, 64, 6
fp = rng.integers(0, 2, (N, BITS)).astype("float32")
labels = (fp @ rng.normal(0, 1, (BITS, TASKS)) > 0).astype("float32")
labels[rng.random((N, TASKS)) < 0.33] = np.nan
labels[10] = np.nan                     # nothing measured at all


class MultiTask(keras.Model):
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        known = ops.logical_not(ops.isnan(y))
        y_safe = ops.where(known, y, ops.zeros_like(y))
        w = ops.cast(known, y_pred.dtype)
        bce = ops.maximum(y_pred, 0.0) - y_pred * y_safe + ops.log1p(ops.exp(-ops.abs(y_pred)))
        return ops.sum(bce * w) / ops.maximum(ops.sum(w), 1.0)


inp = keras.Input((BITS,))
h = layers.Dense(32, activation="relu")(inp)
h = layers.Dropout(0.2)(h)
model = MultiTask(inp, layers.Dense(TASKS)(h))
model.compile(optimizer="adam")
model.fit(fp, labels, epochs=6, batch_size=32, verbose=2)
