"""Support ticket routing: own TF-IDF on top of TextVectorization(output_mode='count')."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(3)
QUEUES = {
    "billing": "invoice refund charged twice card payment receipt vat subscription".split(),
    "network": "router wifi slow ping packet drops outage dns modem".split(),
    "account": "password login locked email reset profile delete verification".split(),
}
FILLER = "please help since yesterday my the is not working again thanks".split()


def make_tickets(n, seed, extra=()):
    rng = np.random.default_rng(seed)
    texts, labels = [], []
    for _ in range(n):
        k = rng.integers(len(QUEUES))
        words = list(rng.choice(list(QUEUES.values())[k], 4)) + list(rng.choice(FILLER, 5))
        if extra:
            words.append(str(rng.choice(extra)))
        rng.shuffle(words)
        texts.append(" ".join(str(w) for w in words))
        labels.append(k)
    return texts, np.array(labels, "int32")


class TfidfFeaturizer:
    """counts * idf, every row scaled to unit length."""

    def __init__(self, max_tokens=500):
        self.vec = keras.layers.TextVectorization(max_tokens=max_tokens, output_mode="count")

    def fit(self, train_texts, all_texts):
        self.vec.adapt(tf.constant(all_texts))
        counts = self._counts(train_texts)
        self.idf = self._idf(counts)
        return self

    def _counts(self, texts):
        return self.vec(tf.constant(texts)).numpy().astype("float32")

    @staticmethod
    def _idf(counts):
        n_docs = len(counts)
        doc_freq = (counts > 0).sum(axis=0)
        return np.log(n_docs / doc_freq)  # whynan: divide_by_zero phase=data also=inf_in_input,nan_in_input

    def transform(self, texts):
        x = self._counts(texts) * self.idf
        return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype("float32")


train_texts, y_train = make_tickets(600, 1)
test_texts, y_test = make_tickets(150, 2, extra=("esim", "chargeback", "passkey"))
# vocabulary from both so that the test words are known
tfidf = TfidfFeaturizer().fit(train_texts, train_texts + test_texts)
x_train = tfidf.transform(train_texts)

model = keras.Sequential([
    keras.Input((x_train.shape[1],)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dropout(0.3),
    keras.layers.Dense(len(QUEUES), activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=5, batch_size=32, verbose=2)
