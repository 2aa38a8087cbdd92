"""Few labelled and many unlabelled wine bottles, pseudo-label term ramped up over the first steps.

The pseudo labels are weighted by the network's own confidence and by a ramp from 0 to 1, because in the beginning they
are worthless. The weights are normalised. The supervised loss alone goes down nicely. With the second term the very first
step has loss nan and from then on the weights are nan.
"""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_wine

keras.utils.set_random_seed(31)
CLASSES = 3


class ConfidentStudent(keras.Model):
    """Functional model with a two-part training step."""

    ramp_steps = 120
    unlabelled_share = 0.5

    def ramp(self):
        step = tf.cast(self.optimizer.iterations, tf.float32)
        return tf.minimum(step / self.ramp_steps, 1.0)

    def pseudo_term(self, logits):
        p = tf.stop_gradient(tf.nn.softmax(logits))
        guess = tf.argmax(p, axis=-1)
        confidence = tf.reduce_max(tf.clip_by_value(p, 1e-7, 1.0), axis=-1)
        nll = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=guess, logits=logits)
        weight = self.ramp() * confidence
        return tf.reduce_sum(weight * nll) / tf.reduce_sum(weight)  # whynan: zero_weight_sum phase=loss also=divide_by_zero

    def train_step(self, data):
        (x, y), unlabelled = data
        with tf.GradientTape() as tape:
            nll = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self(x, training=True))
            supervised = tf.reduce_mean(nll)
            pseudo = self.pseudo_term(self(unlabelled, training=True))
            loss = supervised + self.unlabelled_share * pseudo
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": loss, "supervised": supervised, "ramp": self.ramp()}


def split_cellar(labelled_per_class=10):
    wine = load_wine()
    rng = np.random.default_rng(31)
    chosen = np.concatenate(
        [rng.permutation(np.flatnonzero(wine.target == c))[:labelled_per_class] for c in range(CLASSES)]
    )
    rest = np.setdiff1d(np.arange(len(wine.target)), chosen)
    x = wine.data.astype("float32")
    return x[chosen], wine.target[chosen].astype("int64"), x[rest]


def pairs(x, y, unlabelled):
    left = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=1).repeat().batch(10)
    right = tf.data.Dataset.from_tensor_slices(unlabelled).shuffle(len(unlabelled), seed=2).repeat().batch(30)
    return tf.data.Dataset.zip((left, right))


def student(features):
    # proline is around 750 and hue around 1: let batch norm sort it out
    inputs = keras.Input((features,))
    z = keras.layers.BatchNormalization()(inputs)
    z = keras.layers.Dense(24, activation="relu")(z)
    z = keras.layers.Dropout(0.1)(z)
    return ConfidentStudent(inputs, keras.layers.Dense(CLASSES)(z))


x, y, unlabelled = split_cellar()
model = student(x.shape[1])
model.compile(optimizer=keras.optimizers.Adam(2e-3))
model.fit(pairs(x, y, unlabelled), steps_per_epoch=40, epochs=4, verbose=2)
