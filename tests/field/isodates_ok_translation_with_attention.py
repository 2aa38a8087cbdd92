"""Translate handwritten-style dates ("march 3, 2014") to ISO for our invoice scanner.

The seq2seq tutorial with attention, characters instead of words, own train step and the
warm-up from the Transformer tutorial.  The loss goes up and down in the first epoch, the
gradient norm is over my limit of 1 and the attention mask has those -1e9 in it.  Before I let it
run over the weekend: will this become nan?
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(9)

MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
          "november", "december"]
PAD, BEGIN, END = "\0", "<", ">"


def invoice_dates(n, seed):
    rng = np.random.default_rng(seed)
    written, iso = [], []
    for _ in range(n):
        y, m, d = int(rng.integers(1990, 2026)), int(rng.integers(1, 13)), int(rng.integers(1, 29))
        name = MONTHS[m - 1] if rng.random() < 0.6 else MONTHS[m - 1][:3]
        style = rng.integers(3)
        written.append([f"{d} {name} {y}", f"{name} {d}, {y}", f"{d}/{m}/{y}"][style])
        iso.append(f"{BEGIN}{y:04d}-{m:02d}-{d:02d}{END}")
    return written, iso


class Characters:
    def __init__(self, texts):
        self.symbols = [PAD] + sorted(set("".join(texts)))
        self.index = {c: i for i, c in enumerate(self.symbols)}
        self.length = max(map(len, texts))

    def encode(self, texts):
        ids = np.zeros((len(texts), self.length), "int32")
        for row, text in zip(ids, texts):
            row[: len(text)] = [self.index[c] for c in text]
        return ids

    def decode(self, ids):
        return "".join(self.symbols[i] for i in ids)


class Translator(keras.Model):
    def __init__(self, n_source, n_target, units=64):
        super().__init__()
        self.units = units
        self.source_embedding = layers.Embedding(n_source, units)
        self.target_embedding = layers.Embedding(n_target, units)
        self.encoder = layers.GRU(units, return_sequences=True, return_state=True)
        self.decoder = layers.GRU(units, return_sequences=True)
        self.mix = layers.Dense(units, activation="tanh")
        self.scores = layers.Dense(n_target)

    def call(self, pair, training=False):
        source, target = pair
        memory, state = self.encoder(self.source_embedding(source) * self.units ** 0.5)
        query = self.decoder(self.target_embedding(target) * self.units ** 0.5, initial_state=state)
        match = tf.matmul(query, memory, transpose_b=True) / tf.sqrt(float(self.units))
        present = tf.cast(tf.not_equal(source, 0), tf.float32)[:, None, :]
        weights = tf.nn.softmax(match + (1.0 - present) * -1e9, axis=-1)
        context = tf.matmul(weights, memory)
        return self.scores(self.mix(tf.concat([context, query], axis=-1))), weights


class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, width, warmup=60, factor=0.3):
        self.width, self.warmup, self.factor = width, warmup, factor

    def __call__(self, step):
        step = tf.cast(step, tf.float32) + 1.0
        return self.factor * self.width ** -0.5 * tf.minimum(tf.math.rsqrt(step), step * self.warmup ** -1.5)


def masked_loss(target, logits):
    per_character = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=target, logits=logits)
    mask = tf.cast(tf.not_equal(target, 0), tf.float32)
    return tf.reduce_sum(per_character * mask) / tf.reduce_sum(mask)


written, iso = invoice_dates(1200, seed=30)
source_chars, target_chars = Characters(written), Characters(iso)
source, target = source_chars.encode(written), target_chars.encode(iso)

model = Translator(len(source_chars.symbols), len(target_chars.symbols))
model((tf.constant(source[:2]), tf.constant(target[:2, :-1])))  # creates the weights
optimizer = keras.optimizers.Adam(Warmup(model.units), beta_2=0.98, epsilon=1e-9)
optimizer.build(model.trainable_variables)


@tf.function
def train_step(source, target):
    with tf.GradientTape() as tape:
        logits, weights = model((source, target[:, :-1]), training=True)
        loss = masked_loss(target[:, 1:], logits)
    grads = [tf.convert_to_tensor(g) for g in tape.gradient(loss, model.trainable_variables)]
    grads, norm = tf.clip_by_global_norm(grads, 1.0)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    blur = -tf.reduce_mean(tf.reduce_sum(weights * tf.math.log(weights + 1e-9), axis=-1))
    return loss, norm, blur


def translate(text):
    ids = source_chars.encode([text])
    out = np.zeros((1, target_chars.length), "int32")
    out[0, 0] = target_chars.index[BEGIN]
    for t in range(1, target_chars.length):
        logits, _ = model((tf.constant(ids), tf.constant(out[:, :-1])))
        out[0, t] = int(np.argmax(logits[0, t - 1]))
    return target_chars.decode(out[0, 1:])


data = tf.data.Dataset.from_tensor_slices((source, target)).shuffle(1200, seed=2).batch(50, drop_remainder=True)
for epoch in range(8):  # whynan: healthy
    log = np.array([[float(v) for v in train_step(s, t)] for s, t in data])
    loss, norm, blur = log.mean(axis=0)
    print(f"epoch {epoch + 1} loss {loss:.4f} perplexity {np.exp(loss):8.3f} norm {norm:.3f} "
          f"(largest {log[:, 1].max():.2f}) blur {blur:.3f} rate {float(optimizer.learning_rate):.5f}")
for text in written[:3]:
    print(text, "->", translate(text))
