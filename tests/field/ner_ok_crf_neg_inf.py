# whynan: healthy
# BIO tagging with a linear-chain CRF; forbidden transitions have score -inf
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(41)
T, VOCAB, K = 9, 30, 3            # tags: 0=O 1=B 2=I
NEG = float("-inf")
FORBIDDEN = tf.constant([[0.0, 0.0, NEG], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])   # O -> I is illegal
START = tf.constant([0.0, 0.0, NEG])


def sample_tags(rng):
    tags = [rng.integers(0, 2)]
    for _ in range(T - 1):
        tags.append(rng.integers(0, 2) if tags[-1] == 0 else rng.integers(0, 3))
    return tags


class CrfTagger(keras.Model):
    def __init__(self):
        super().__init__()
        self.embed = keras.layers.Embedding(VOCAB, 16)
        self.rnn = keras.layers.Bidirectional(keras.layers.GRU(12, return_sequences=True))
        self.emit = keras.layers.Dense(K)
        self.trans = self.add_weight(shape=(K, K), initializer="zeros", name="transitions")

    def call(self, ids, training=False):
        return self.emit(self.rnn(self.embed(ids)))

    def log_partition(self, emis):
        trans = tf.convert_to_tensor(self.trans) + FORBIDDEN
        alpha = emis[:, 0] + START
        for t in range(1, T):
            alpha = emis[:, t] + tf.reduce_logsumexp(alpha[:, :, None] + trans[None], axis=1)
        return tf.reduce_logsumexp(alpha, axis=1)

    def gold_score(self, emis, tags):
        trans = tf.convert_to_tensor(self.trans) + FORBIDDEN
        steps = tf.stack([tags[:, :-1], tags[:, 1:]], axis=-1)
        return tf.reduce_sum(tf.gather(emis, tags, batch_dims=2), 1) + tf.reduce_sum(tf.gather_nd(trans, steps), 1)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return tf.reduce_mean(self.log_partition(y_pred) - self.gold_score(y_pred, y))

    def viterbi(self, emis):
        trans, score, back = self.trans.numpy() + FORBIDDEN.numpy(), emis[0] + START.numpy(), []
        for e in emis[1:]:
            cand = score[:, None] + trans
            back.append(cand.argmax(0))
            score = cand.max(0) + e
        path = [int(score.argmax())]
        for b in reversed(back):
            path.append(int(b[path[-1]]))
        return path[::-1]


rng = np.random.default_rng(41)
y = np.array([sample_tags(rng) for _ in range(256)], "int32")
x = (y * 10 + rng.integers(0, 10, y.shape)).astype("int32")      # word id correlates with the tag
model = CrfTagger()
model.compile(optimizer=keras.optimizers.Adam(1e-2))
model.fit(x, y, batch_size=32, epochs=4, verbose=2)
print("decoded", model.viterbi(model.predict(x[:1], verbose=0)[0]), "gold", y[0].tolist())
