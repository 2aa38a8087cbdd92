"""Word-level LSTM language model for short messages. I maximise the likelihood of the whole sentence, because I later
rank complete candidate messages by it.

The start looks good (the loss goes down from about 50), then it jumps to inf and is nan for the rest.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

PAD, START = 0, 1
VOCAB, MAX_WORDS = 400, 31


def write_messages(count=1600, seed=9):
    """A chain of words in which each word prefers a few successors; most messages have 5 to 10 words."""
    rng = np.random.default_rng(seed)
    successors = rng.integers(2, VOCAB, size=(VOCAB, 6))
    table = np.full((count, MAX_WORDS + 1), PAD, dtype="int32")
    table[:, 0] = START
    lengths = rng.integers(5, 11, size=count)
    lengths[613] = 30  # somebody pasted a paragraph
    for row, length in enumerate(lengths):
        word = START
        for position in range(1, length + 1):
            if rng.random() < 0.7:
                word = successors[word, rng.integers(6)]
            else:
                word = rng.integers(2, VOCAB)
            table[row, position] = word
    return table


class SentenceModel(keras.Model):
    def __init__(self, units=48):
        super().__init__()
        self.embed = layers.Embedding(VOCAB, 32)
        self.lstm = layers.LSTM(units, return_sequences=True)
        self.head = layers.Dense(VOCAB, activation="softmax")

    def call(self, words):
        return self.head(self.lstm(self.embed(words)))

    def train_step(self, data):
        words, following = data
        with tf.GradientTape() as tape:
            probs = self(words, training=True)
            token_prob = tf.reduce_sum(probs * tf.one_hot(following, VOCAB), axis=-1)
            token_prob = tf.where(following != PAD, token_prob, 1.0)
            sentence_prob = tf.reduce_prod(token_prob, axis=1)
            loss = -tf.reduce_mean(tf.math.log(sentence_prob))  # whynan: log_of_zero phase=forward|loss rows=613 also=exp_underflow
        gradients = tape.gradient(loss, self.trainable_variables)
        gradients = [g if isinstance(g, tf.IndexedSlices) else tf.clip_by_norm(g, 5.0) for g in gradients]
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"loss": loss}


def main():
    keras.utils.set_random_seed(9)
    table = write_messages()
    model = SentenceModel()
    model.compile(optimizer=keras.optimizers.Adam(2e-3), jit_compile=False)
    model.fit(table[:, :-1], table[:, 1:], batch_size=32, epochs=2, shuffle=False, verbose=2)


if __name__ == "__main__":
    main()
