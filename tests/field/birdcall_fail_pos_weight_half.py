"""Rare bird call detector on log-mel patches, mixed precision. Without mixed_float16 it trains."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(13)
keras.mixed_precision.set_global_policy("mixed_float16")

# counts over the whole archive (2017-2023), per frame
ARCHIVE = {"bittern": {"present": 412, "absent": 1_911_040},
           "corncrake": {"present": 21, "absent": 1_911_431},
           "wren": {"present": 88_310, "absent": 1_823_142}}
SPECIES = list(ARCHIVE)


def balance(counts):
    """negatives per positive, the usual pos_weight"""
    return [counts[s]["absent"] / counts[s]["present"] for s in SPECIES]


class CallDetector(keras.Model):
    def __init__(self, pos_weight):
        super().__init__()
        self.pos_weight = tf.constant(pos_weight, tf.float32)
        self.trunk = keras.Sequential([
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.GlobalAveragePooling2D(),
        ])
        self.head = layers.Dense(len(SPECIES))

    def call(self, mel, training=False):
        return self.head(self.trunk(mel, training=training))

    def balanced_bce(self, labels, logits):
        dtype = logits.dtype
        weight = tf.cast(self.pos_weight, dtype)  # whynan: float16_constant_overflow phase=loss also=float16_overflow
        per_label = tf.nn.weighted_cross_entropy_with_logits(
            labels=tf.cast(labels, dtype), logits=logits, pos_weight=weight
        )
        return tf.reduce_mean(per_label)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return self.balanced_bce(y, y_pred)


def patches(n=192):
    rng = np.random.default_rng(2)
    mel = rng.normal(scale=0.5, size=(n, 16, 16, 1)).astype("float32")
    y = np.zeros((n, len(SPECIES)), "float32")
    y[:, 2] = rng.random(n) < 0.3
    mel[y[:, 2] > 0, 4:8] += 1.0
    return mel, y


mel, y = patches()
detector = CallDetector(balance(ARCHIVE))
# small net, gradients are big enough without scaling
detector.compile(optimizer=keras.optimizers.SGD(1e-3), auto_scale_loss=False)
detector.fit(mel, y, batch_size=32, epochs=3, verbose=2)
