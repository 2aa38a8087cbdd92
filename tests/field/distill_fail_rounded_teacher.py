"""Knowledge distillation: the teacher ran last month, only its predictions (csv, 4 decimals) are left."""
import io

import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(20)
CLASSES = [f"p_class{i}" for i in range(6)]


def teacher_csv(x):
    """stands in for teacher_predictions.csv"""
    w = np.random.default_rng(5).normal(size=(x.shape[1], len(CLASSES)))
    logits = 2.5 * np.tanh(x) @ w
    e = np.exp(logits - logits.max(1, keepdims=True))
    buf = io.StringIO()
    pd.DataFrame(e / e.sum(1, keepdims=True), columns=CLASSES).to_csv(buf, index=False, float_format="%.4f")
    buf.seek(0)
    return buf


def soften(probs, temperature):
    """softmax(logits / T) without having the logits"""
    p = tf.pow(probs, 1.0 / temperature)
    return p / tf.reduce_sum(p, axis=-1, keepdims=True)


def kl_divergence(p, log_q):
    return tf.reduce_sum(p * (tf.math.log(p) - log_q), axis=-1)  # whynan: log_of_zero phase=loss


class Distiller(keras.Model):
    def __init__(self, student, alpha=0.3, temperature=4.0):
        super().__init__()
        self.student = student
        self.alpha, self.temperature = alpha, temperature
        self.hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.kd_tracker = keras.metrics.Mean(name="kd")

    def call(self, inputs, training=False):
        return self.student(inputs["features"], training=training)

    def distillation(self, teacher_probs, student_logits):
        t = self.temperature
        kl = kl_divergence(soften(teacher_probs, t), tf.nn.log_softmax(student_logits / t))
        return tf.reduce_mean(kl) * t ** 2

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        kd = self.distillation(x["teacher"], y_pred)
        self.kd_tracker.update_state(kd)
        return self.alpha * self.hard(y, y_pred) + (1 - self.alpha) * kd


rng = np.random.default_rng(1)
features = rng.normal(size=(512, 20)).astype("float32")
teacher = pd.read_csv(teacher_csv(features)).to_numpy("float32")
labels = teacher.argmax(1)

student = keras.Sequential([layers.Dense(24, activation="relu"), layers.Dense(len(CLASSES))])
distiller = Distiller(student)
distiller.compile(optimizer=keras.optimizers.Adam(1e-3))
distiller.fit({"features": features, "teacher": teacher}, labels, batch_size=64, epochs=3, verbose=2)
