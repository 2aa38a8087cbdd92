# Post-hoc temperature scaling (Guo et al. 2017) of a frozen classifier on the held out split.
# The classifier is very good on that split. Loss goes down very nicely and then it is nan.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(0)
CLASSES = 6


def frozen_logits(n=512, seed=1):
    """what model.predict gave us, saved to npz"""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, CLASSES, n)
    z = rng.uniform(-1.5, 1.5, (n, CLASSES))
    z[np.arange(n), y] += 5.0 + rng.uniform(0.0, 1.5, n)
    return z.astype("float32"), y.astype("int32")


def to_probabilities(scores):
    e = tf.exp(scores)  # whynan: unconstrained_scale phase=forward also=exp_overflow,learning_rate_too_high,divide_by_zero
    return e / tf.reduce_sum(e, axis=-1, keepdims=True)


class TemperatureScaling(keras.Model):
    def __init__(self, start=1.5):
        super().__init__()
        self.temperature = self.add_weight(shape=(), initializer=keras.initializers.Constant(start), name="T")

    def call(self, logits):
        return to_probabilities(logits / self.temperature)


def nll(y_true, p):
    y_true = tf.cast(tf.reshape(y_true, [-1]), tf.int32)
    p_true = tf.gather(p, y_true, axis=1, batch_dims=1)
    return -tf.reduce_mean(tf.math.log(p_true))


logits, labels = frozen_logits()
print("accuracy of the frozen net:", (logits.argmax(1) == labels).mean())

scaler = TemperatureScaling()
# one single parameter, so a big step is fine
scaler.compile(optimizer=keras.optimizers.Adam(0.15), loss=nll)
scaler.fit(logits, labels, batch_size=64, epochs=10, verbose=2)
print("T =", float(scaler.temperature.numpy()))
