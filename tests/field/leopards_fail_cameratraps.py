"""
Leopard / no leopard on camera-trap pictures.
The pictures went through a frozen backbone already, here only the head is trained
on the 64-dimensional features. Leopards are rare (~12 %), hence focal loss.
"""
import argparse

import numpy as np
import tensorflow as tf
import keras
from keras import layers

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=8)
parser.add_argument("--gamma", type=float, default=1.5)
parser.add_argument("--alpha", type=float, default=0.75)
args = parser.parse_args()

keras.utils.set_random_seed(88)
rng = np.random.default_rng(88)


spots = rng.normal(size=64)


def backbone_features(n):
    leopard = (rng.random(n) < 0.12).astype("float32")
    night = rng.random(n) < 0.6
    f = rng.normal(0, 1, (n, 64)) + 0.35 * leopard[:, None] * spots
    f[night] *= 0.8
    return f.astype("float32"), leopard


class FocalLoss(keras.losses.Loss):
    def __init__(self, gamma, alpha, name="focal"):
        super().__init__(name=name)
        self.gamma = gamma
        self.alpha = alpha

    def call(self, y_true, y_pred):
        y_true = tf.cast(y_true, y_pred.dtype)
        p_t = y_true * y_pred + (1.0 - y_true) * (1.0 - y_pred)
        alpha_t = y_true * self.alpha + (1.0 - y_true) * (1.0 - self.alpha)
        log_p = tf.math.log(tf.clip_by_value(p_t, 1e-7, 1.0))
        focus = tf.pow(1.0 - p_t, self.gamma)  # whynan: wrong_loss_for_activation phase=loss|forward also=pow_domain
        return -tf.reduce_mean(alpha_t * focus * log_p, axis=-1)


x_train, y_train = backbone_features(2400)
x_val, y_val = backbone_features(600)
print("leopards in the training pictures:", int(y_train.sum()))

head = keras.Sequential([
    keras.Input((64,)),
    layers.Dense(32, activation="relu"),
    layers.Dropout(0.2),
    layers.Dense(1),
])
head.compile(
    optimizer=keras.optimizers.AdamW(1e-3, weight_decay=1e-4),
    loss=FocalLoss(args.gamma, args.alpha),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.5)],
)
head.fit(
    x_train, y_train[:, None],
    validation_data=(x_val, y_val[:, None]),
    batch_size=64, epochs=args.epochs, verbose=2,
)

found = head.predict(x_val, verbose=0)[:, 0] > 0.5
print("found", int(np.sum(found & (y_val == 1))), "of", int(y_val.sum()))
