# whynan: healthy
"""Multi-assay toxicity model. A molecule isn't measured in every assay: missing = NaN in the label matrix."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)
N, BITS, ASSAYS = 384, 64, 6

rng = np.random.default_rng(5)
fingerprints = (rng.random((N, BITS)) < 0.15).astype("float32")
true_w = rng.normal(size=(BITS, ASSAYS))
labels = (fingerprints @ true_w > 0).astype("float32")
labels[rng.random((N, ASSAYS)) < 0.55] = np.nan
print("fraction of missing labels: %.2f" % np.isnan(labels).mean())
print("hit rate per assay:", np.round(np.nanmean(labels, axis=0), 2))

tf.debugging.assert_all_finite(fingerprints, "fingerprints must be finite")


class AssayModel(keras.Model):
    def __init__(self, hidden=48):
        super().__init__()
        self.trunk = keras.layers.Dense(hidden, activation="gelu")
        self.drop = keras.layers.Dropout(0.1)
        self.head = keras.layers.Dense(ASSAYS)

    def call(self, x, training=False):
        return self.head(self.drop(self.trunk(x), training=training))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        measured = tf.math.is_finite(y)
        target = tf.where(measured, y, tf.zeros_like(y))   # replace BEFORE any arithmetic
        weight = tf.cast(measured, y_pred.dtype)
        per_cell = tf.nn.sigmoid_cross_entropy_with_logits(labels=target, logits=y_pred)
        return tf.math.divide_no_nan(tf.reduce_sum(per_cell * weight), tf.reduce_sum(weight))


model = AssayModel()
model.compile(optimizer=keras.optimizers.Adam(2e-3))
history = model.fit(fingerprints, labels, batch_size=32, epochs=6, verbose=2)

logits = model.predict(fingerprints, verbose=0)
hit = np.where(np.isnan(labels), np.nan, (logits > 0) == (labels > 0.5))
print("accuracy on measured cells:", np.nanmean(hit, axis=0))
