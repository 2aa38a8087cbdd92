"""Distil a big tabular ensemble into a small net. Teacher probabilities come from a CSV (3 decimals)."""
import io

import keras
import numpy as np
import pandas as pd
from keras import ops

keras.utils.set_random_seed(31)
N, D, K = 800, 12, 6


def teacher_csv(X):
    """What the nightly job of the data science team writes."""
    rng = np.random.default_rng(6)
    z = X @ rng.normal(0, 2.0, (D, K))
    z -= z.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    buf = io.StringIO()
    pd.DataFrame(p, columns=[f"p_{k}" for k in range(K)]).to_csv(buf, index=False, float_format="%.3f")
    buf.seek(0)
    return buf


def load_soft_labels(handle):
    soft = pd.read_csv(handle).to_numpy("float32")
    # rounding breaks the sum a little
    return soft / soft.sum(axis=1, keepdims=True)


def kl_divergence(teacher, student):
    ratio = teacher / student
    pointwise = teacher * ops.log(ratio)  # whynan: log_of_zero phase=loss
    return ops.sum(pointwise, axis=-1)


class Student(keras.Model):
    def __init__(self, width, alpha):
        super().__init__()
        self.alpha = alpha
        self.trunk = keras.Sequential([
            keras.layers.Dense(width, activation="relu"),
            keras.layers.Dense(width, activation="relu"),
        ])
        self.logits = keras.layers.Dense(K)

    def call(self, x):
        return self.logits(self.trunk(x))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        probs = ops.clip(ops.softmax(y_pred, axis=-1), 1e-6, 1.0)
        soft = kl_divergence(y, probs)
        hard = keras.losses.sparse_categorical_crossentropy(ops.argmax(y, axis=-1), y_pred, from_logits=True)
        return ops.mean(self.alpha * soft + (1.0 - self.alpha) * hard)


X = np.random.default_rng(0).normal(size=(N, D)).astype("float32")
soft_labels = load_soft_labels(teacher_csv(X))
student = Student(width=32, alpha=0.7)
student.compile(optimizer=keras.optimizers.Adam(1e-3))
student.fit(X, soft_labels, batch_size=50, epochs=4, verbose=2)
