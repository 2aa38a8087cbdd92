"""Field of law of court papers, from half-page orders to judgments of a hundred pages, plain word counts. Own cross entropy with the
usual subtraction of the maximum against overflow and 1e-9 in the logarithm. nan in the first epoch."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

FIELDS = ["tenancy", "family", "traffic", "labour", "tax", "building"]
WORDS = 400


def court_papers(n=900, seed=50):
    rng = np.random.default_rng(seed)
    language = rng.dirichlet(np.full(WORDS, 0.1), size=len(FIELDS))
    common = rng.dirichlet(np.full(WORDS, 0.5))
    field = rng.integers(0, len(FIELDS), n)
    length = np.clip(rng.lognormal(6.0, 1.5, n), 15, 40000).astype(int)
    counts = np.empty((n, WORDS), dtype="float32")
    for i in range(n):
        mixture = 0.7 * language[field[i]] + 0.3 * common
        counts[i] = rng.multinomial(length[i], mixture / mixture.sum())
    return counts, np.eye(len(FIELDS), dtype="float32")[field]


def stable_softmax(logits):
    shifted = logits - tf.reduce_max(logits)
    e = tf.exp(shifted)
    return e / tf.reduce_sum(e, axis=-1, keepdims=True)  # whynan: exp_underflow phase=forward|loss|gradient also=divide_by_zero,unscaled_input


def cross_entropy(y_true, logits):
    probability = stable_softmax(logits)
    return -tf.reduce_sum(y_true * tf.math.log(probability + 1e-9), axis=-1)


class CountClassifier(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.drop = layers.Dropout(0.1)
        self.scores = layers.Dense(classes, kernel_regularizer=keras.regularizers.L2(1e-5))

    def call(self, counts, training=False):
        return self.scores(self.drop(counts, training=training))


def main():
    keras.utils.set_random_seed(50)
    counts, field = court_papers()
    split = 750
    model = CountClassifier(len(FIELDS))
    model.compile(keras.optimizers.Adam(1e-3), loss=cross_entropy, metrics=["categorical_accuracy"])
    history = model.fit(counts[:split], field[:split], batch_size=64, epochs=6, verbose=0)
    for key, values in history.history.items():
        print(key, [round(float(v), 4) for v in values])


main()
