"""Score of a hotel stay (1 to 10) from the remark that the guest left, with a small lexicon of tone words.

Training runs well for more than half of the first epoch, the mae comes down, then the loss is nan for good.
With the first 400 lines of the file alone it trains to the end.
"""
import os
import tempfile

import keras
import numpy as np
import tensorflow as tf
from keras import layers

PRAISE = ["lovely", "clean", "friendly", "quiet", "superb", "cosy", "delicious", "spotless"]
BLAME = ["dirty", "noisy", "rude", "cold", "broken", "stale", "tiny", "mouldy"]
PLAIN = ["room", "breakfast", "lift", "window", "stayed", "two", "nights", "reception", "car", "park", "with",
         "children", "for", "conference", "bed", "bathroom", "station", "floor", "arrived", "late"]
BUCKETS = 96


def write_guestbook(path, lines=640, short_form_from=400):
    rng = np.random.default_rng(5)
    with open(path, "w") as book:
        for number in range(lines):
            mood = rng.beta(2.0, 1.4)
            words = list(rng.choice(PLAIN, int(rng.integers(5, 11))))
            opinions = int(rng.integers(1, 6))
            if number >= short_form_from and rng.random() < 0.08:
                opinions = 0
            kind = int(rng.binomial(opinions, mood))
            words += list(rng.choice(PRAISE, kind)) + list(rng.choice(BLAME, opinions - kind))
            rng.shuffle(words)
            score = int(np.clip(np.rint(1 + 9 * mood + rng.normal(0, 0.7)), 1, 10))
            book.write(f"{score}\t{' '.join(words)}.\n")


class RemarkEncoder:
    """One line of the guest book to the inputs of the network."""

    def __init__(self, praise, blame, buckets):
        words = list(praise) + list(blame)
        tones = [1.0] * len(praise) + [-1.0] * len(blame)
        self.lexicon = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(words, tones, key_dtype=tf.string, value_dtype=tf.float32),
            default_value=0.0)
        self.buckets = buckets

    def tokens(self, remark):
        return tf.strings.split(tf.strings.regex_replace(tf.strings.lower(remark), "[^a-z ]", " "))

    def tone(self, words):
        tones = self.lexicon.lookup(words)
        good = tf.reduce_sum(tf.cast(tones > 0.0, tf.float32))
        bad = tf.reduce_sum(tf.cast(tones < 0.0, tf.float32))
        polarity = (good - bad) / (good + bad)  # whynan: divide_by_zero phase=data also=nan_in_input,empty_reduction
        length = tf.cast(tf.size(words), tf.float32)
        return tf.stack([polarity, (good + bad) / length, length / 10.0])

    def bag(self, words):
        places = tf.strings.to_hash_bucket_fast(words, self.buckets)
        return tf.reduce_max(tf.one_hot(places, self.buckets), axis=0)

    def encode(self, line):
        fields = tf.strings.split(line, "\t")
        words = self.tokens(fields[1])
        return {"bag": self.bag(words), "tone": self.tone(words)}, tf.strings.to_number(fields[0])


def build():
    bag = keras.Input((BUCKETS,), name="bag")
    tone = keras.Input((3,), name="tone")
    joined = layers.Concatenate()([layers.Dense(12, activation="tanh")(bag), tone])
    joined = layers.Dense(24, activation="tanh")(joined)
    return keras.Model({"bag": bag, "tone": tone}, layers.Dense(1, bias_initializer=keras.initializers.Constant(6.0))(joined))


def run():
    keras.utils.set_random_seed(21)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "guestbook.tsv")
        write_guestbook(path)
        encoder = RemarkEncoder(PRAISE, BLAME, BUCKETS)
        remarks = tf.data.TextLineDataset(path).map(encoder.encode).batch(32).prefetch(1)
        model = build()
        model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"])
        model.fit(remarks, epochs=4, verbose=2)
        return model


if __name__ == "__main__":
    run()
