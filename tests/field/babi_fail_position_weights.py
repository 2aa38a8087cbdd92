"""End-to-end memory network on "where is Mary?" stories, with the position encoding of section 4.1 of the paper.

Loss is nan from the very first batch. With the plain bag of words (weights of 1) the same model reaches 90 %.
The padding words are masked out of the sum, I checked that twice.
"""
import keras
import numpy as np
import tensorflow as tf

PEOPLE = ["mary", "john", "sandra", "daniel"]
PLACES = ["kitchen", "garden", "office", "hallway", "bathroom", "bedroom"]
PHRASES = ["went to the", "moved to the", "journeyed to the", "went back to the"]
MEMORY, WORDS = 10, 6


def vocabulary():
    words = set(PEOPLE + PLACES + ["where", "is"])
    for phrase in PHRASES:
        words.update(phrase.split())
    return {word: i + 1 for i, word in enumerate(sorted(words))}  # 0 = padding


def make_stories(count, ids, seed):
    rng = np.random.default_rng(seed)
    story = np.zeros((count, MEMORY, WORDS), "int32")
    question = np.zeros((count, WORDS), "int32")
    answer = np.zeros((count,), "int32")
    for n in range(count):
        where = {}
        for line in range(rng.integers(2, MEMORY + 1)):
            person, place = rng.choice(PEOPLE), rng.choice(PLACES)
            where[person] = place
            sentence = [person, *rng.choice(PHRASES).split(), place]
            story[n, line, :len(sentence)] = [ids[w] for w in sentence]
        asked = rng.choice(sorted(where))
        question[n, :3] = [ids["where"], ids["is"], ids[asked]]
        answer[n] = PLACES.index(where[asked])
    return {"story": story, "question": question}, answer


class MemN2N(keras.Model):
    def __init__(self, n_words, n_answers, dim=24, hops=2):
        super().__init__()
        self.dim, self.hops = dim, hops
        self.embed_in = keras.layers.Embedding(n_words, dim)
        self.embed_out = keras.layers.Embedding(n_words, dim)
        self.embed_query = keras.layers.Embedding(n_words, dim)
        self.readout = keras.layers.Dense(n_answers)

    def position_encoding(self, mask):
        length = tf.reduce_sum(mask, axis=-1, keepdims=True)
        j = tf.range(1.0, WORDS + 1.0)
        k = tf.range(1.0, self.dim + 1.0) / self.dim
        ratio = j / length  # whynan: divide_by_zero phase=forward
        return (1.0 - ratio)[..., None] - k * (1.0 - 2.0 * ratio)[..., None]

    def encode(self, embedding, words):
        mask = tf.cast(words > 0, tf.float32)
        weights = self.position_encoding(mask) * mask[..., None]
        return tf.reduce_sum(embedding(words) * weights, axis=-2)

    def call(self, inputs):
        keys = self.encode(self.embed_in, inputs["story"])
        values = self.encode(self.embed_out, inputs["story"])
        state = self.encode(self.embed_query, inputs["question"])
        for _ in range(self.hops):
            attention = tf.nn.softmax(tf.einsum("bmd,bd->bm", keys, state))
            state = state + tf.einsum("bm,bmd->bd", attention, values)
        return self.readout(state)


if __name__ == "__main__":
    keras.utils.set_random_seed(2)
    ids = vocabulary()
    x, y = make_stories(960, ids, seed=2)
    model = MemN2N(n_words=len(ids) + 1, n_answers=len(PLACES))
    model.compile(
        optimizer=keras.optimizers.Adam(0.01, global_clipnorm=40.0),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(x, y, batch_size=32, epochs=4, verbose=2)
