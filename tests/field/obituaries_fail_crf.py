"""Tagging names, places and dates in newspaper obituaries: BiGRU + linear-chain CRF."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(2024)
rng = np.random.default_rng(2024)

TAGS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-DATE", "<START>", "<STOP>"]
IDX = {t: i for i, t in enumerate(TAGS)}
NT = len(TAGS)
T, VOCAB = 12, 300


def legal_moves():
    ok = np.ones((NT, NT), dtype=bool)
    for a in TAGS:
        for b in TAGS:
            if b.startswith("I-") and a not in ("B-" + b[2:], b):
                ok[IDX[a], IDX[b]] = False
    ok[:, IDX["<START>"]] = False      # nothing goes back to the start
    ok[IDX["<STOP>"], :] = False       # nothing leaves the end
    return ok


def make_notices(n):
    x = np.zeros((n, T), "int32")
    y = np.zeros((n, T), "int32")
    word_range = {0: (1, 180), 1: (180, 220), 2: (220, 250), 3: (250, 270), 4: (270, 280), 5: (280, 300)}
    chunks = [[0], [0], [0, 0], [1, 2], [1], [3], [3, 4], [5]]
    for i in range(n):
        tags = []
        while len(tags) < T:
            tags += chunks[rng.integers(len(chunks))]
        y[i] = tags[:T]
        x[i] = [rng.integers(*word_range[t]) for t in y[i]]
    noise = rng.random(x.shape) < 0.05
    x[noise] = rng.integers(1, VOCAB, noise.sum())
    return x, y


class CRFTagger(keras.Model):
    def __init__(self):
        super().__init__()
        self.embed = layers.Embedding(VOCAB, 32)
        self.rnn = layers.Bidirectional(layers.GRU(24, return_sequences=True))
        self.score = layers.Dense(NT)
        self.trans = self.add_weight(shape=(NT, NT), initializer="glorot_uniform", name="transitions")
        self.legal = tf.constant(legal_moves())

    def call(self, x, training=False):
        return self.score(self.rnn(self.embed(x)))

    def transitions(self):
        return tf.where(self.legal, tf.convert_to_tensor(self.trans), -np.inf)

    def log_partition(self, emit, trans):
        alpha = trans[IDX["<START>"]][None] + emit[:, 0]
        for t in range(1, T):
            alpha = emit[:, t] + tf.reduce_logsumexp(alpha[:, :, None] + trans[None], axis=1)  # whynan: softmax_all_masked phase=gradient also=log_of_zero
        return tf.reduce_logsumexp(alpha + trans[None, :, IDX["<STOP>"]], axis=1)

    def path_score(self, emit, trans, y):
        e = tf.reduce_sum(tf.gather(emit, y, batch_dims=2), axis=1)
        pairs = tf.stack([y[:, :-1], y[:, 1:]], axis=-1)
        inner = tf.reduce_sum(tf.gather_nd(trans, pairs), axis=1)
        first = tf.gather(trans[IDX["<START>"]], y[:, 0])
        last = tf.gather(trans[:, IDX["<STOP>"]], y[:, -1])
        return e + inner + first + last

    def train_step(self, data):
        x, y = data
        y = tf.cast(y, tf.int32)
        with tf.GradientTape() as tape:
            emit = self(x, training=True)
            trans = self.transitions()
            nll = tf.reduce_mean(self.log_partition(emit, trans) - self.path_score(emit, trans, y))
        grads = tape.gradient(nll, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"nll": nll}


x_train, y_train = make_notices(800)
tagger = CRFTagger()
tagger.compile(optimizer=keras.optimizers.Adam(3e-3), jit_compile=False)
tagger.fit(x_train, y_train, batch_size=40, epochs=3, verbose=2)

pred = tagger.predict(x_train[:200], verbose=0).argmax(-1)
print("token accuracy without decoding:", (pred == y_train[:200]).mean())
