"""Tag the words of invoice lines (QTY, UNIT, ITEM, PRICE, TAX, OTHER) with a GRU-CRF."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(123)
rng = np.random.default_rng(123)

TAGS = ["OTHER", "QTY", "UNIT", "ITEM", "PRICE", "TAX"]
WORDS = {
    "OTHER": ["per", "of", "net", "no.", "ref", "the", "-"],
    "QTY": [str(i) for i in range(1, 13)],
    "UNIT": ["pcs", "box", "kg", "m", "hour", "pair"],
    "ITEM": ["bolt", "washer", "cable", "labour", "pipe", "valve", "paint", "glue"],
    "PRICE": ["4.20", "9.99", "12.50", "105.00", "33.10", "7.75"],
    "TAX": ["19%", "7%", "0%"],
}
vocab = {w: i + 1 for i, w in enumerate(sorted({w for ws in WORDS.values() for w in ws}))}
LENGTH = 12


def invoice_line():
    tags = ["QTY", "UNIT"]
    if rng.random() < 0.5:
        tags.append("OTHER")
    tags += ["ITEM"] * int(rng.integers(1, 4)) + ["OTHER", "PRICE", "TAX"]
    while len(tags) < LENGTH:
        tags.insert(rng.integers(0, len(tags) + 1), "OTHER")
    words = [vocab[rng.choice(WORDS[t])] for t in tags]
    return words, [TAGS.index(t) for t in tags]


lines = [invoice_line() for _ in range(960)]
words = np.array([l[0] for l in lines], "int32")
tags = np.array([l[1] for l in lines], "int32")


class GruCrf(keras.Model):
    def __init__(self, n_words, n_tags):
        super().__init__()
        self.n_tags = n_tags
        self.embed = layers.Embedding(n_words, 16)
        self.encode = layers.Bidirectional(layers.GRU(16, return_sequences=True))
        self.emit = layers.Dense(n_tags)
        self.trans = self.add_weight(shape=(n_tags, n_tags), initializer="zeros", name="trans")

    def call(self, x):
        return self.emit(self.encode(self.embed(x)))

    def path_score(self, emissions, y):
        point = tf.reduce_sum(emissions * tf.one_hot(y, self.n_tags), axis=[1, 2])
        pairs = tf.stack([y[:, :-1], y[:, 1:]], axis=-1)
        return point + tf.reduce_sum(tf.gather_nd(tf.convert_to_tensor(self.trans), pairs), axis=1)

    def log_partition(self, emissions):
        alpha = emissions[:, 0]
        for t in range(1, LENGTH):
            scores = alpha[:, :, None] + self.trans + emissions[:, t, None, :]
            alpha = tf.reduce_sum(tf.exp(scores), axis=1)  # whynan: exp_overflow phase=loss|forward
        return tf.reduce_logsumexp(alpha, axis=1)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            emissions = self(x, training=True)
            nll = self.log_partition(emissions) - self.path_score(emissions, y)
            loss = tf.reduce_mean(nll)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        hits = tf.cast(tf.argmax(emissions, -1, output_type=tf.int32) == y, tf.float32)
        return {"loss": loss, "token_acc": tf.reduce_mean(hits)}


tagger = GruCrf(len(vocab) + 1, len(TAGS))
tagger.compile(optimizer=keras.optimizers.Adam(5e-3))
tagger.fit(words, tags, batch_size=48, epochs=3, verbose=2)
