"""Bi-tempered logistic loss on digits with 20 % wrong labels, cyclical rate.

One-hot labels go through a tempered log (0 ** 0.3), probabilities through x ** -3.3, and the rate is exactly 0 at the
first step and at every end of a cycle.  The loss wobbles in the middle of each cycle.  Ran it with two seeds.
"""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

T1, T2 = 0.7, 1.3


def log_t(u, t):
    return (u ** (1.0 - t) - 1.0) / (1.0 - t)


def exp_t(u, t):
    return tf.maximum(1.0 + (1.0 - t) * u, 0.0) ** (1.0 / (1.0 - t))


def tempered_softmax(scores, t, rounds=6):
    top = tf.reduce_max(scores, axis=-1, keepdims=True)
    centred = scores - top
    current = centred
    for _ in range(rounds):
        z = tf.reduce_sum(exp_t(current, t), axis=-1, keepdims=True)
        current = centred * z ** (1.0 - t)
    z = tf.reduce_sum(exp_t(current, t), axis=-1, keepdims=True)
    shift = -log_t(1.0 / z, t) + top
    return exp_t(scores - shift, t)


class BiTempered(keras.losses.Loss):
    def __init__(self, t1, t2, **kwargs):
        super().__init__(**kwargs)
        self.t1, self.t2 = t1, t2

    def call(self, y_true, y_pred):
        p = tempered_softmax(y_pred, self.t2)
        gap = y_true * (log_t(y_true, self.t1) - log_t(p, self.t1))
        correction = (y_true ** (2.0 - self.t1) - p ** (2.0 - self.t1)) / (2.0 - self.t1)
        return tf.reduce_sum(gap - correction, axis=-1)


class Triangle(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, peak, period):
        self.peak, self.period = peak, period

    def __call__(self, step):
        phase = tf.math.floormod(tf.cast(step, tf.float32), self.period) / self.period
        return self.peak * (1.0 - tf.abs(2.0 * phase - 1.0))

    def get_config(self):
        return {"peak": self.peak, "period": self.period}


def data(seed):
    rng = np.random.default_rng(seed)
    images, digit = load_digits(return_X_y=True)
    wrong = rng.random(len(digit)) < 0.2
    noisy = np.where(wrong, rng.integers(0, 10, len(digit)), digit)
    order = rng.permutation(len(digit))
    return (images[order] / 16.0).astype("float32"), noisy[order], digit[order]


def train(seed):
    keras.utils.set_random_seed(seed)
    x, noisy, clean = data(seed)
    y = keras.utils.to_categorical(noisy, 10)
    net = keras.Sequential([
        keras.Input((64,)),
        keras.layers.Dense(96, activation="relu"),
        keras.layers.Dense(10),
    ])
    steps = -(-1400 // 64)
    rate = Triangle(peak=0.12, period=4.0 * steps)
    net.compile(optimizer=keras.optimizers.SGD(rate, momentum=0.9), loss=BiTempered(T1, T2))
    log = net.fit(x[:1400], y[:1400], batch_size=64, epochs=12, verbose=0)
    guess = net.predict(x[1400:], verbose=0).argmax(axis=-1)
    print(f"seed {seed}:", " ".join(f"{v:.3f}" for v in log.history["loss"]),
          f" accuracy on clean labels {np.mean(guess == clean[1400:]):.3f}")


for seed in (10, 11):
    train(seed)
# whynan: healthy
