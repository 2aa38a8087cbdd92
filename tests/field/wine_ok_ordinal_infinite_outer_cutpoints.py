"""Proportional odds model (ordinal regression) for wine quality 0..4.

Outer cut points are -inf and +inf, as in the text book: P(y <= K-1) = sigmoid(inf) = 1
"""
# whynan: healthy
import logging

import numpy as np
import keras
from keras import layers, ops

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("ordinal")

CLASSES = 5


class OrdinalHead(layers.Layer):
    """scores (batch, 1) -> class probabilities (batch, classes)"""

    def __init__(self, classes, **kwargs):
        super().__init__(**kwargs)
        self.classes = classes

    def build(self, input_shape):
        self.first = self.add_weight(name="first_cut", shape=(1,), initializer=keras.initializers.Constant(-1.5))
        self.gaps = self.add_weight(name="gaps", shape=(self.classes - 2,), initializer="zeros")

    def cutpoints(self):
        # increasing by construction
        rest = self.first + ops.cumsum(ops.softplus(self.gaps))
        outer = np.array([np.inf], "float32")
        return ops.concatenate([-outer, self.first, rest, outer], axis=0)

    def call(self, score):
        cumulative = ops.sigmoid(self.cutpoints()[None, :] - score)
        return cumulative[:, 1:] - cumulative[:, :-1]


class LogCutpoints(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        cuts = ops.convert_to_numpy(self.model.get_layer("ordinal").cutpoints())
        log.info("epoch %d cut points %s", epoch, np.round(cuts, 3))


def wines(n, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 8)).astype("float32")
    latent = x @ np.array([0.9, -0.5, 0.3, 0, 0, 0.4, 0, -0.2]) + rng.logistic(0, 0.5, n)
    quality = np.digitize(latent, [-1.6, -0.5, 0.5, 1.6])
    return x, quality.astype("int32")


def mean_absolute_rank(y_true, y_pred):
    predicted = ops.cast(ops.argmax(y_pred, axis=-1), "float32")
    return ops.mean(ops.abs(ops.cast(ops.reshape(y_true, (-1,)), "float32") - predicted))


def build():
    inputs = keras.Input((8,))
    x = layers.Dense(16, activation="tanh")(inputs)
    score = layers.Dense(1, use_bias=False, name="score")(x)
    return keras.Model(inputs, OrdinalHead(CLASSES, name="ordinal")(score))


if __name__ == "__main__":
    keras.utils.set_random_seed(28)
    x_train, y_train = wines(800, seed=0)
    x_val, y_val = wines(200, seed=1)
    log.info("class counts %s", np.bincount(y_train, minlength=CLASSES))
    model = build()
    model.compile(
        optimizer=keras.optimizers.Adam(5e-3),
        loss="sparse_categorical_crossentropy",
        metrics=[mean_absolute_rank],
    )
    model.fit(x_train, y_train, validation_data=(x_val, y_val), batch_size=32, epochs=6, verbose=2,
              callbacks=[LogCutpoints()])
