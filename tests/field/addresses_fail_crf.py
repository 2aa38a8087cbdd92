"""Split one-line addresses into street, number and town: conv tagger with a linear-chain CRF on top."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(20)

TAGS = ["<s>", "</s>", "O", "B-ST", "I-ST", "B-NO", "B-CITY", "I-CITY"]
ID = {t: i for i, t in enumerate(TAGS)}
START, STOP = ID["<s>"], ID["</s>"]
MAXLEN, VOCAB = 8, 200


def fake_line(rng):
    """Token ids by kind: 10.. street, 70.. suffix, 90.. number, 130.. town, 160.. 'am See' and the like, 180.. rest."""
    toks, tags = [rng.integers(10, 70)], ["B-ST"]
    if rng.random() < 0.6:
        toks.append(rng.integers(70, 90)), tags.append("I-ST")
    toks.append(rng.integers(90, 130)), tags.append("B-NO")
    if rng.random() < 0.3:
        toks.append(rng.integers(180, 200)), tags.append("O")
    toks.append(rng.integers(130, 160)), tags.append("B-CITY")
    for _ in range(rng.integers(0, 3)):
        toks.append(rng.integers(160, 180)), tags.append("I-CITY")
    return toks, [ID[t] for t in tags]


def corpus(n, seed=9):
    rng = np.random.default_rng(seed)
    x = np.zeros((n, MAXLEN), "int32")
    y = np.full((n, MAXLEN), ID["O"], "int32")
    for i in range(n):
        toks, tags = fake_line(rng)
        x[i, : len(toks)] = toks
        y[i, : len(tags)] = tags
    return x, y


def grammar():
    """allowed[i, j]: may tag j follow tag i?"""
    allowed = np.ones((len(TAGS), len(TAGS)), bool)
    allowed[:, START] = False
    allowed[STOP, :] = False
    allowed[START, STOP] = False
    for j, tag in enumerate(TAGS):
        if tag.startswith("I-"):
            for i, before in enumerate(TAGS):
                allowed[i, j] = before in ("B-" + tag[2:], "I-" + tag[2:])
    return allowed


class ChainCRF(layers.Layer):
    def __init__(self, allowed):
        super().__init__()
        self.allowed = tf.constant(allowed)
        self.trans = self.add_weight(shape=allowed.shape, initializer="glorot_uniform", name="trans")
        self.built = True

    def scores(self):
        return tf.where(self.allowed, tf.convert_to_tensor(self.trans), -np.inf)

    def log_partition(self, emit, lens):
        trans = self.scores()
        alpha = trans[START][None] + emit[:, 0]
        for i in range(1, MAXLEN):
            paths = alpha[:, :, None] + trans[None]
            nxt = tf.reduce_logsumexp(paths, axis=1) + emit[:, i]  # whynan: softmax_all_masked phase=gradient also=log_of_zero
            alpha = tf.where((i < lens)[:, None], nxt, alpha)
        return tf.reduce_logsumexp(alpha + trans[:, STOP], axis=1)

    def path_score(self, emit, tags, mask, lens):
        trans = self.scores()
        unary = tf.reduce_sum(tf.gather(emit, tags, batch_dims=2) * mask, axis=1)
        pairs = tf.stack([tags[:, :-1], tags[:, 1:]], axis=-1)
        steps = tf.reduce_sum(tf.gather_nd(trans, pairs) * mask[:, 1:], axis=1)
        last = tf.gather(tags, lens - 1, batch_dims=1)
        return unary + steps + tf.gather(trans[START], tags[:, 0]) + tf.gather(trans[:, STOP], last)


class AddressTagger(keras.Model):
    def __init__(self):
        super().__init__()
        self.embed = layers.Embedding(VOCAB, 24)
        self.conv = layers.Conv1D(48, 3, padding="same", activation="relu")
        self.emit = layers.Dense(len(TAGS))
        self.crf = ChainCRF(grammar())

    def call(self, tokens):
        return self.emit(self.conv(self.embed(tokens)))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        lens = tf.reduce_sum(tf.cast(x != 0, tf.int32), axis=1)
        mask = tf.sequence_mask(lens, MAXLEN, dtype=y_pred.dtype)
        gold = self.crf.path_score(y_pred, y, mask, lens)
        return tf.reduce_mean(self.crf.log_partition(y_pred, lens) - gold)


lines, labels = corpus(1500)
tagger = AddressTagger()
tagger.compile(optimizer=keras.optimizers.Adam(3e-3))
tagger.fit(lines, labels, batch_size=50, epochs=4, verbose=2)
