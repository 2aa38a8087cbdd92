"""Next-note model for soprano lines of madrigals (decoder-only, one attention block)."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(1604)
rng = np.random.default_rng(1604)

PAD = 0
N_NOTES = 25          # 0 = padding, 1..24 = two octaves
MAX_LEN = 25


def compose(n):
    lines = np.full((n, MAX_LEN), PAD, dtype="int32")
    for i in range(n):
        length = rng.integers(6, MAX_LEN + 1)
        note = rng.integers(6, 19)
        for t in range(length):
            lines[i, t] = note
            step = rng.choice([-2, -1, -1, 0, 1, 1, 2])
            if note > 18:
                step = -abs(step)
            if note < 6:
                step = abs(step)
            note = int(np.clip(note + step, 1, 24))
    return lines


class SelfAttention(keras.layers.Layer):
    def __init__(self, dim, heads, **kw):
        super().__init__(**kw)
        self.dim, self.heads, self.dh = dim, heads, dim // heads
        self.qkv = keras.layers.Dense(3 * dim, use_bias=False)
        self.proj = keras.layers.Dense(dim)

    def split_heads(self, x):
        b, t = tf.shape(x)[0], tf.shape(x)[1]
        return tf.transpose(tf.reshape(x, (b, t, self.heads, self.dh)), (0, 2, 1, 3))

    def call(self, x, keep):
        b, t = tf.shape(x)[0], tf.shape(x)[1]
        q, k, v = [self.split_heads(z) for z in tf.split(self.qkv(x), 3, axis=-1)]
        scores = tf.matmul(q, k, transpose_b=True) / np.sqrt(self.dh)
        pos = tf.range(t)
        past = pos[:, None] >= pos[None, :]
        visible = past[None, None, :, :] & keep[:, None, None, :]
        scores = tf.where(visible, scores, tf.constant(float("-inf")))
        att = tf.nn.softmax(scores, axis=-1)
        y = tf.transpose(tf.matmul(att, v), (0, 2, 1, 3))
        return self.proj(tf.reshape(y, (b, t, self.dim))), att


class Singer(keras.Model):
    def __init__(self, dim=32):
        super().__init__()
        self.note = keras.layers.Embedding(N_NOTES, dim)
        self.place = keras.layers.Embedding(MAX_LEN, dim)
        self.norm1 = keras.layers.LayerNormalization()
        self.norm2 = keras.layers.LayerNormalization()
        self.attention = SelfAttention(dim, 4)
        self.mlp1 = keras.layers.Dense(64, activation="gelu")
        self.mlp2 = keras.layers.Dense(dim)
        self.head = keras.layers.Dense(N_NOTES)

    def call(self, notes):
        keep = tf.not_equal(notes, PAD)
        x = self.note(notes) + self.place(tf.range(tf.shape(notes)[1]))
        y, att = self.attention(self.norm1(x), keep)
        x = x + y
        x = x + self.mlp2(self.mlp1(self.norm2(x)))
        return self.head(x), att


lines = compose(900)
singer = Singer()
singer(tf.constant(lines[:2, :-1]))
optimizer = keras.optimizers.Adam(3e-3)
crossentropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")


@tf.function
def train_step(batch):
    heard, sung = batch[:, :-1], batch[:, 1:]
    with tf.GradientTape() as tape:
        logits, _ = singer(heard)
        weight = tf.cast(tf.not_equal(sung, PAD), tf.float32)
        loss = tf.reduce_sum(crossentropy(sung, logits) * weight) / tf.reduce_sum(weight)
    grads = tape.gradient(loss, singer.trainable_variables)
    optimizer.apply_gradients(zip(grads, singer.trainable_variables))
    return loss


ds = tf.data.Dataset.from_tensor_slices(lines).shuffle(900, seed=2).batch(50)
for epoch in range(5):
    losses = [float(train_step(batch)) for batch in ds]  # whynan: healthy
    print(f"epoch {epoch}: {np.mean(losses):.3f}")

_, att = singer(tf.constant(lines[:100, :-1]))
att = att.numpy()
with np.errstate(divide="ignore", invalid="ignore"):
    plogp = att * np.log(att)
print("undefined terms:", int(np.isnan(plogp).sum()), "of", plogp.size)
print("attention entropy per head:", -np.nansum(plogp, axis=-1).mean(axis=(0, 2)))
