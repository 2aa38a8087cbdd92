"""Sentence vectors from (question, paraphrase, other question) triples of a forum dump.

Bag-of-embeddings encoder with masked mean pooling, trained with squared distances.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)

TOPICS, PER_TOPIC, LEN = 5, 20, 8
VOCAB = TOPICS * PER_TOPIC + 1


def sentence(topic):
    n = rng.integers(5, LEN + 1)
    s = np.zeros(LEN, "int32")
    s[:n] = 1 + topic * PER_TOPIC + rng.integers(0, PER_TOPIC, n)
    return s


def reword(s, topic):
    t = s.copy()
    change = (rng.random(LEN) < 0.35) & (t > 0)
    t[change] = 1 + topic * PER_TOPIC + rng.integers(0, PER_TOPIC, change.sum())
    return t


def build_triples(n):
    a, p, o = [], [], []
    for _ in range(n):
        topic, other = rng.choice(TOPICS, 2, replace=False)
        q = sentence(topic)
        a.append(q)
        p.append(reword(q, topic))
        o.append(sentence(other))
    return np.stack(a), np.stack(p), np.stack(o)


class MeanEncoder(keras.layers.Layer):
    def __init__(self, dim, **kw):
        super().__init__(**kw)
        self.table = keras.layers.Embedding(VOCAB, dim)

    def call(self, ids):
        m = tf.cast(ids > 0, tf.float32)[..., None]
        return tf.reduce_sum(self.table(ids) * m, axis=1) / tf.maximum(tf.reduce_sum(m, axis=1), 1.0)


class TripletModel(keras.Model):
    def __init__(self, margin=1.0):
        super().__init__()
        self.encoder = MeanEncoder(32)
        self.margin = margin
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.order = keras.metrics.Mean(name="right_order")

    @property
    def metrics(self):
        return [self.loss_tracker, self.order]

    def call(self, ids):
        return self.encoder(ids)

    def train_step(self, data):
        anchor, para, other = data[0]
        with tf.GradientTape() as tape:
            a, p, o = self(anchor), self(para), self(other)
            loss = tf.reduce_mean(tf.reduce_sum(tf.square(a - p), 1) - tf.reduce_sum(tf.square(a - o), 1) + self.margin)  # whynan: wrong_sign_loss phase=loss
        g = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(g, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        closer = tf.reduce_max(tf.abs(a - p), 1) < tf.reduce_max(tf.abs(a - o), 1)
        self.order.update_state(tf.cast(closer, tf.float32))
        return {m.name: m.result() for m in self.metrics}


anchors, paraphrases, others = build_triples(2000)
train = (tf.data.Dataset.from_tensor_slices(((anchors, paraphrases, others),))
         .shuffle(2000, seed=17).batch(50))

model = TripletModel()
model.compile(optimizer=keras.optimizers.SGD(learning_rate=1.0, momentum=0.9), jit_compile=False)
model.fit(train, epochs=14, verbose=2)
