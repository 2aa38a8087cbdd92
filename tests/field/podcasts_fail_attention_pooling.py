"""Rating of podcast episodes from the tokens of their description. Attention pooling over the tokens, padding gets a
score of minus infinity before the softmax. The first batches are sometimes fine, then nan. No description is empty
(the shortest has eight tokens), so a fully masked row cannot be the reason."""
import keras
import numpy as np
from keras import ops

keras.utils.set_random_seed(77)

VOCABULARY, LENGTH = 400, 60


def simulate_descriptions(rng, n):
    taste = rng.normal(size=VOCABULARY)
    documents, ratings = [], []
    for _ in range(n):
        size = int(np.clip(rng.normal(40, 14), 8, LENGTH))
        topic = rng.integers(1, VOCABULARY - 60)
        tokens = np.where(rng.uniform(size=size) < 0.6,
                          rng.integers(topic, topic + 60, size), rng.integers(1, VOCABULARY, size))
        documents.append(tokens)
        ratings.append(3.5 + 1.5 * np.tanh(taste[tokens].mean() * 3) + rng.normal(0, 0.2))
    return documents, np.asarray(ratings, "float32")


class Descriptions(keras.utils.PyDataset):
    def __init__(self, documents, ratings, batch_size, seed, **kwargs):
        super().__init__(**kwargs)
        self.documents, self.ratings = documents, ratings
        self.batch_size = batch_size
        self.rng = np.random.default_rng(seed)
        self.order = np.arange(len(documents))

    def __len__(self):
        return len(self.order) // self.batch_size

    def __getitem__(self, i):
        rows = self.order[i * self.batch_size:(i + 1) * self.batch_size]
        tokens = keras.utils.pad_sequences([self.documents[r] for r in rows], maxlen=LENGTH, padding="post")
        return tokens, self.ratings[rows]

    def on_epoch_end(self):
        self.rng.shuffle(self.order)


class AttentionPooling(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.hidden = keras.layers.Dense(units, activation="tanh")
        self.score = keras.layers.Dense(1, use_bias=False)

    def build(self, states_shape, tokens_shape):
        self.hidden.build(states_shape)
        self.score.build((*states_shape[:-1], self.hidden.units))

    def call(self, states, tokens):
        scores = ops.squeeze(self.score(self.hidden(states)), axis=-1)
        scores = ops.where(ops.equal(tokens, 0), -np.inf, scores)
        attention = ops.softmax(scores, axis=0)  # whynan: softmax_all_masked phase=forward
        return ops.sum(ops.expand_dims(attention, -1) * states, axis=1)


def build_model():
    tokens = keras.Input((LENGTH,), dtype="int32", name="tokens")
    states = keras.layers.Embedding(VOCABULARY, 24)(tokens)
    states = keras.layers.Conv1D(24, 3, padding="same", activation="relu")(states)
    pooled = AttentionPooling(16)(states, tokens)
    x = keras.layers.Dense(16, activation="tanh")(pooled)
    rating = keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(3.5))(x)
    return keras.Model(tokens, rating)


if __name__ == "__main__":
    docs, stars = simulate_descriptions(np.random.default_rng(77), 384)
    print("tokens per description:", min(map(len, docs)), "to", max(map(len, docs)))
    network = build_model()
    network.compile(optimizer="adam", loss="mse", metrics=["mae"])
    network.fit(Descriptions(docs, stars, batch_size=16, seed=77), epochs=4, verbose=2)
