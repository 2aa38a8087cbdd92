"""Headline writer that can copy names from the article (pointer-generator, as in "Get To The Point").

The loss turns inf within the first few dozen batches and nan afterwards; how soon depends on the shuffling seed. With a
generator only (p_gen = 1) and unknown names as <unk> the training is perfectly stable.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

PAD, UNK, START, STOP = range(4)
COMMON = ("minister visits city council votes new school budget river bridge opens after storm police report "
          "factory workers strike team wins match season farmers fear dry summer hospital plans ward train delay "
          "museum shows paintings market prices rise again local bakery wins prize").split()
COMMON = sorted(set(COMMON))
WORD_ID = {w: i + 4 for i, w in enumerate(COMMON)}
VOCAB = len(COMMON) + 4
MAX_SOURCE, MAX_TARGET, MAX_OOV = 16, 5, 1


def write_article(rng):
    words = [str(w) for w in rng.choice(COMMON, rng.integers(10, 21))]
    name = "".join(rng.choice(["bran", "kov", "mira", "tel", "os", "dun", "ley", "hart"], 3)).title()
    words[rng.integers(len(words))] = name
    kept = [w for w in words if w in WORD_ID]
    return words, [name, kept[0], kept[1]]


def pad(ids, length):
    return (ids + [PAD] * length)[:length]


def encode(article, headline):
    names = [w for w in dict.fromkeys(article) if w not in WORD_ID]
    extended = lambda w: WORD_ID[w] if w in WORD_ID else VOCAB + names.index(w)
    plain = lambda w: WORD_ID.get(w, UNK)
    return {
        "source": pad([plain(w) for w in article], MAX_SOURCE),
        "source_ext": pad([extended(w) for w in article], MAX_SOURCE),
        "decoder_in": pad([START] + [plain(w) for w in headline], MAX_TARGET),
        "target_ext": pad([extended(w) for w in headline] + [STOP], MAX_TARGET),
    }


class PointerGenerator(keras.Model):
    def __init__(self, units=32):
        super().__init__()
        self.embed_source = layers.Embedding(VOCAB, 24)
        self.embed_target = layers.Embedding(VOCAB, 24)
        self.encoder = layers.GRU(units, return_sequences=True, return_state=True)
        self.decoder = layers.GRU(units, return_sequences=True)
        self.generate = layers.Dense(VOCAB, activation="softmax")
        self.switch = layers.Dense(1, activation="sigmoid")

    def call(self, batch):
        states, last = self.encoder(self.embed_source(batch["source"]))
        fed = self.embed_target(batch["decoder_in"])
        decoded = self.decoder(fed, initial_state=last)
        scores = tf.matmul(decoded, states, transpose_b=True)
        scores += -1e9 * tf.cast(tf.equal(batch["source"], PAD), tf.float32)[:, None, :]
        attention = tf.nn.softmax(scores)
        features = tf.concat([decoded, tf.matmul(attention, states)], axis=-1)
        p_gen = self.switch(tf.concat([features, fed], axis=-1))
        written = tf.pad(p_gen * self.generate(features), [[0, 0], [0, 0], [0, MAX_OOV]])
        copied = tf.matmul((1.0 - p_gen) * attention, tf.one_hot(batch["source_ext"], VOCAB + MAX_OOV))
        return written + copied


def headline_loss(final, target):
    chosen = tf.reduce_sum(final * tf.one_hot(target, VOCAB + MAX_OOV), axis=-1)
    nll = -tf.math.log(chosen)  # whynan: log_of_zero phase=forward|loss
    mask = tf.cast(tf.not_equal(target, PAD), tf.float32)
    return tf.reduce_sum(nll * mask) / tf.reduce_sum(mask)


keras.utils.set_random_seed(13)
rng = np.random.default_rng(13)
examples = [encode(*write_article(rng)) for _ in range(800)]
columns = {key: np.array([e[key] for e in examples], "int32") for key in examples[0]}
data = tf.data.Dataset.from_tensor_slices(columns).shuffle(800, seed=13).batch(16, drop_remainder=True)

model = PointerGenerator()
model({key: tf.constant(column[:2]) for key, column in columns.items()})
optimizer = keras.optimizers.Adam(2e-3, clipnorm=2.0)
optimizer.build(model.trainable_variables)


@tf.function
def train_step(batch):
    with tf.GradientTape() as tape:
        loss = headline_loss(model(batch), batch["target_ext"])
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


for epoch in range(3):
    losses = [float(train_step(batch)) for batch in data]
    print(f"epoch {epoch}: first {losses[0]:.3f} last {losses[-1]:.3f}")
