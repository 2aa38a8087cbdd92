"""Distilling a nearest-neighbour mushroom identifier into a small network for the phone app.

The neighbours give many probabilities that are exactly 0, and numpy prints "divide by zero encountered in log" and
"invalid value encountered in multiply" on the line with the entropy. The entropy goes into my loss. Do I have NaN?
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(23)
SPECIES = ["chanterelle", "false_chanterelle", "porcini", "bitter_bolete", "parasol", "death_cap"]


def collect(n, rng):
    """Cap width, cap height, stem length, stem width, gill spacing, hue, saturation, spore print, smell, month."""
    centres = np.random.default_rng(3).normal(0, 1.3, size=(len(SPECIES), 10))
    label = rng.integers(0, len(SPECIES), n)
    x = centres[label] + rng.normal(0, 1.0, size=(n, 10))
    return x, label


def teacher_targets(x_fit, y_fit, x_all, neighbours=12):
    teacher = KNeighborsClassifier(neighbours, weights="distance").fit(x_fit, y_fit)
    proba = teacher.predict_proba(x_all)
    entropy = -np.where(proba > 0, proba * np.log(proba), 0.0).sum(axis=1)
    return proba.astype("float32"), entropy.astype("float32")


class Distiller(keras.Model):
    def __init__(self, student, hard_share=0.4, **kwargs):
        super().__init__(**kwargs)
        self.student = student
        self.hard_share = hard_share
        self.max_entropy = float(np.log(len(SPECIES)))
        self.trackers = {name: keras.metrics.Mean(name=name) for name in ("loss", "hard", "kl")}
        self.accuracy = keras.metrics.SparseCategoricalAccuracy(name="accuracy")

    @property
    def metrics(self):
        return [*self.trackers.values(), self.accuracy]

    def call(self, x, training=False):
        return self.student(x, training=training)

    def losses_of(self, logits, y):
        log_q = tf.nn.log_softmax(logits)
        hard = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y["label"], logits=logits)
        cross = -tf.reduce_sum(y["proba"] * log_q, axis=1)
        kl = cross - y["entropy"]
        certainty = 1.0 - y["entropy"] / self.max_entropy
        loss = self.hard_share * hard + (1.0 - self.hard_share) * certainty * kl
        return tf.reduce_mean(loss), tf.reduce_mean(hard), tf.reduce_mean(kl)

    def _report(self, parts, logits, y):
        for tracker, value in zip(self.trackers.values(), parts):
            tracker.update_state(value)
        self.accuracy.update_state(y["label"], logits)
        return {m.name: m.result() for m in self.metrics}

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self(x, training=True)
            parts = self.losses_of(logits, y)
        variables = self.student.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(parts[0], variables), variables))
        return self._report(parts, logits, y)

    def test_step(self, data):
        x, y = data
        logits = self(x, training=False)
        return self._report(self.losses_of(logits, y), logits, y)


def pack(label, proba, entropy):
    return {"label": label.astype("int32"), "proba": proba, "entropy": entropy}


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    x, label = collect(2000, rng)
    x = StandardScaler().fit(x[:1600]).transform(x).astype("float32")
    half = 800
    proba, entropy = teacher_targets(x[:half], label[:half], x)
    print("share of exact zeros in the teacher:", round(float((proba == 0).mean()), 3))
    student = keras.Sequential([keras.Input((x.shape[1],)), keras.layers.Dense(32, activation="relu"),
                                keras.layers.Dropout(0.1), keras.layers.Dense(len(SPECIES))])
    distiller = Distiller(student)
    distiller(x[:2])
    distiller.compile(optimizer=keras.optimizers.Adam(3e-3))
    distiller.fit(x[:1600], pack(label[:1600], proba[:1600], entropy[:1600]),
                  validation_data=(x[1600:], pack(label[1600:], proba[1600:], entropy[1600:])),
                  epochs=20, batch_size=64, verbose=2)
