"""Cumulative link model for diabetic retinopathy grades 0..4 (proportional odds head on a small MLP)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(10)

CONFIG = {
    "hidden": [32, 16],
    "classes": 5,
    # log odds of P(grade > k) in the population, from the epidemiologists
    "cutpoints": [1.4, 0.5, -0.6, -1.7],
    "lr": 1e-3,
    "batch_size": 32,
}


class Cutpoints(layers.Layer):
    """Maps the latent severity to P(grade <= k), k = 0..K-2."""

    def __init__(self, init, **kw):
        super().__init__(**kw)
        self.init = list(init)

    def build(self, shape):
        self.c = self.add_weight(shape=(len(self.init),), name="cutpoints",
                                 initializer=lambda shape, dtype=None: keras.ops.convert_to_tensor(self.init, dtype=dtype))

    def call(self, severity):
        return keras.ops.sigmoid(self.c - severity)


def class_probabilities(cumulative):
    lower = tf.pad(cumulative, [[0, 0], [1, 0]], constant_values=0.0)
    upper = tf.pad(cumulative, [[0, 0], [0, 1]], constant_values=1.0)
    return upper - lower


class OrdinalNLL(keras.losses.Loss):
    def __init__(self, classes, **kw):
        super().__init__(**kw)
        self.classes = classes

    def call(self, y_true, cumulative):
        probs = class_probabilities(cumulative)
        target = tf.one_hot(tf.cast(tf.reshape(y_true, [-1]), tf.int32), self.classes)
        picked = tf.reduce_sum(target * probs, axis=-1)
        return -tf.math.log(picked)  # whynan: log_of_negative phase=loss also=bad_initialization


def build(cfg, n_features):
    model = keras.Sequential([keras.Input((n_features,))])
    for units in cfg["hidden"]:
        model.add(layers.Dense(units, activation="relu"))
    model.add(layers.Dense(1, use_bias=False))
    model.add(Cutpoints(cfg["cutpoints"]))
    model.compile(optimizer=keras.optimizers.Adam(cfg["lr"]), loss=OrdinalNLL(cfg["classes"]))
    return model


rng = np.random.default_rng(0)
x = rng.normal(size=(480, 12)).astype("float32")
latent = x[:, :4].sum(1) + rng.logistic(size=480)
grade = np.digitize(latent, [-1.5, 0.0, 1.5, 3.0])
model = build(CONFIG, x.shape[1])
model.fit(x, grade, batch_size=CONFIG["batch_size"], epochs=3, verbose=2)
