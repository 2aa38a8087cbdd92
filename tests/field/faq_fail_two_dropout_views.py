"""Sentence vectors for the help-centre questions, without any labels.

Every question goes through the encoder twice (two dropout masks), the two vectors should end up close together and
different questions should spread over the sphere. The loss of the first step looks plausible, everything after it is
nan. A smaller rate and clipping to norm 1 made no difference.
"""
import itertools

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.feature_extraction.text import TfidfVectorizer

keras.utils.set_random_seed(11)

CFG = {
    "ngrams": 400,
    "width": 96,
    "out": 32,
    "dropout": 0.15,
    "batch": 48,
    "epochs": 3,
    "rate": 5e-4,
    "spread_weight": 0.5,
}

VERBS = ["change", "cancel", "download", "renew", "share", "unlock", "find", "pay"]
THINGS = ["my invoice", "the password", "a booking", "our contract", "the season ticket", "my account",
          "the delivery address", "a voucher", "the router", "my data plan"]
TAILS = ["on the phone", "before friday", "without the app", "for my father", "from abroad", "a second time"]


def collect_questions():
    questions = [
        f"how do i {verb} {thing} {tail}" for verb, thing, tail in itertools.product(VERBS, THINGS, TAILS)
    ]
    order = np.random.default_rng(5).permutation(len(questions))
    return [questions[i] for i in order]


class QuestionEncoder(keras.Model):
    def __init__(self, cfg):
        super().__init__()
        self.first = layers.Dense(cfg["width"], activation="gelu")
        self.second = layers.Dense(cfg["width"], activation="gelu")
        self.drop_in = layers.Dropout(cfg["dropout"])
        self.drop_mid = layers.Dropout(cfg["dropout"])
        self.project = layers.Dense(cfg["out"])

    def call(self, x, training=None):
        h = self.first(self.drop_in(x, training=training))
        h = self.second(self.drop_mid(h, training=training))
        return tf.math.l2_normalize(self.project(h), axis=-1)


def alignment(view_a, view_b):
    return tf.reduce_mean(tf.norm(view_a - view_b, axis=-1))  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero


def spread(view):
    squared = tf.reduce_sum(tf.square(view[:, None, :] - view[None, :, :]), axis=-1)
    return tf.math.log(tf.reduce_mean(tf.exp(-2.0 * squared)))


def train(encoder, features, cfg):
    optimizer = keras.optimizers.Adam(cfg["rate"], global_clipnorm=1.0)
    data = tf.data.Dataset.from_tensor_slices(features).shuffle(len(features), seed=3).batch(cfg["batch"])
    for epoch in range(cfg["epochs"]):
        history = []
        for batch in data:
            with tf.GradientTape() as tape:
                # the same questions twice, dropout makes the two views different
                view_a = encoder(batch)
                view_b = encoder(batch)
                loss = alignment(view_a, view_b)
                loss += cfg["spread_weight"] * 0.5 * (spread(view_a) + spread(view_b))
            grads = tape.gradient(loss, encoder.trainable_variables)
            optimizer.apply_gradients(zip(grads, encoder.trainable_variables))
            history.append(float(loss))
        print(f"epoch {epoch + 1}: first {history[0]:.4f}  mean {np.mean(history):.4f}")


def main():
    questions = collect_questions()
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), max_features=CFG["ngrams"])
    features = vectorizer.fit_transform(questions).toarray().astype("float32")
    encoder = QuestionEncoder(CFG)
    train(encoder, features, CFG)
    vectors = encoder(features[:5]).numpy()
    for question, vector in zip(questions[:5], vectors):
        print(question, np.round(vector[:3], 3))


if __name__ == "__main__":
    main()
