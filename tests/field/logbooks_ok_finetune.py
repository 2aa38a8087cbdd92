"""Ship's logbook entries as token ids of uneven length.

1. learn word vectors by telling the season of an entry,
2. keep the vectors, train a new head that spots the rare storm entries.
"""
import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(1805)
VOCAB = 900          # 0 is padding
DIM = 24
rng = np.random.default_rng(42)


def write_entry(season, storm):
    n = int(rng.integers(1, 28))
    own = 1 + season * 60 + rng.integers(0, 60, n)
    common = 300 + rng.integers(0, 300, n)
    words = np.where(rng.random(n) < 0.4, own, common)
    if storm:
        words = np.where(rng.random(n) < 0.35, 250 + rng.integers(0, 15, n), words)
    return words.tolist()


season = rng.integers(0, 4, 2400)
storm = (rng.random(2400) < np.where(season == 3, 0.16, 0.012)).astype("int64")
entries = tf.ragged.constant([write_entry(s, t) for s, t in zip(season, storm)], dtype=tf.int32)


class Bag(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.emb = keras.layers.Embedding(VOCAB, DIM)

    def call(self, ids):
        keep = tf.cast(ids > 0, tf.float32)[..., None]
        return tf.reduce_sum(self.emb(ids) * keep, 1) / tf.reduce_sum(keep, 1)


bag = Bag()
season_head = keras.layers.Dense(4)
xent = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

# --- stage 1
opt = keras.optimizers.Adam(0.01)
ds = tf.data.Dataset.from_tensor_slices((entries, season)).shuffle(2400, seed=1).batch(48)
for epoch in range(3):
    seen, hit = 0, 0
    for ids, s in ds:
        ids = ids.to_tensor()
        with tf.GradientTape() as tape:
            logits = season_head(bag(ids))
            loss = xent(s, logits)
        tv = bag.trainable_variables + season_head.trainable_variables
        opt.apply_gradients(zip(tape.gradient(loss, tv), tv))  # whynan: healthy
        hit += int(tf.reduce_sum(tf.cast(tf.argmax(logits, 1) == s, tf.int32)))
        seen += len(s)
    print(f"season epoch {epoch}: last loss {float(loss):.3f} accuracy {hit / seen:.3f}")

# --- stage 2: frozen vectors, four small batches per update
bag.trainable = False
head = keras.Sequential([keras.Input((DIM,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
opt2 = keras.optimizers.Adam(0.02)
class_weight = tf.constant([1.0, 19.0])
sums = [tf.Variable(tf.zeros_like(v), trainable=False) for v in head.trainable_variables]

ds = tf.data.Dataset.from_tensor_slices((entries, storm)).shuffle(2400, seed=5).batch(16)
count = 0
for epoch in range(5):
    losses = []
    for ids, t in ds:
        with tf.GradientTape() as tape:
            logit = head(bag(ids.to_tensor()))[:, 0]
            ce = tf.nn.sigmoid_cross_entropy_with_logits(tf.cast(t, tf.float32), logit)
            loss = tf.reduce_mean(tf.gather(class_weight, t) * ce)
        for acc, g in zip(sums, tape.gradient(loss, head.trainable_variables)):
            acc.assign_add(g / 4.0)
        count += 1
        if count % 4 == 0:
            opt2.apply_gradients(zip([acc.read_value() for acc in sums], head.trainable_variables))
            for acc in sums:
                acc.assign(tf.zeros_like(acc))
        losses.append(float(loss))
    print(f"storm epoch {epoch}: mean {np.mean(losses):.3f} min {min(losses):.3f} max {max(losses):.3f}")

p = tf.sigmoid(head(bag(entries.to_tensor()))[:, 0]).numpy()
print("mean score, storm %.3f, calm %.3f" % (p[storm == 1].mean(), p[storm == 0].mean()))
