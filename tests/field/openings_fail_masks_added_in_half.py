"""Next move in chess openings with a small decoder, games padded on the left so that the last move is always at
the end. In float32 with the old constant -1e9 this trained. For mixed precision I replaced the constant by the
smallest number that the layer's own dtype can hold, so that nothing can become -inf, and the loss is nan at once.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.mixed_precision.set_global_policy("mixed_float16")
keras.utils.set_random_seed(23)

MOVES, LENGTH, WIDTH, HEADS = 48, 16, 32, 4


def play_games(count, rng):
    """Games from a table of replies; move 0 is the padding."""
    replies = rng.dirichlet(np.full(MOVES - 1, 0.08), size=MOVES)
    games = np.zeros((count, LENGTH + 1), dtype="int32")
    for g in range(count):
        plies = int(rng.integers(5, LENGTH + 2))
        move = 0
        for position in range(LENGTH + 1 - plies, LENGTH + 1):
            move = 1 + rng.choice(MOVES - 1, p=replies[move])
            games[g, position] = move
    return games


class MoveAndPly(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.move = layers.Embedding(MOVES, WIDTH)
        self.ply = layers.Embedding(LENGTH, WIDTH)

    def call(self, tokens):
        return self.move(tokens) + self.ply(tf.range(LENGTH))


class DecoderAttention(layers.Layer):
    def __init__(self, width, heads, **kwargs):
        super().__init__(**kwargs)
        self.heads, self.depth = heads, width // heads
        self.q, self.k, self.v = (layers.Dense(width, use_bias=False) for _ in range(3))
        self.out = layers.Dense(width)

    def split(self, t):
        return tf.transpose(tf.reshape(t, (-1, LENGTH, self.heads, self.depth)), (0, 2, 1, 3))

    def bias(self, played):
        lowest = tf.as_dtype(self.compute_dtype).min
        later = tf.cast(1.0 - tf.linalg.band_part(tf.ones((LENGTH, LENGTH)), -1, 0), self.compute_dtype)
        empty = 1 - tf.cast(played, self.compute_dtype)
        # no looking ahead, no looking at padding, and padding does not look at anything
        return later[None] * lowest + empty[:, None, :] * lowest + empty[:, :, None] * lowest

    def call(self, x, played):
        q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
        scores = tf.matmul(q, k, transpose_b=True) * self.depth**-0.5 + self.bias(played)[:, None]
        weights = tf.nn.softmax(scores, axis=-1)  # whynan: softmax_all_masked phase=forward also=float16_overflow,float16_constant_overflow
        mixed = tf.transpose(tf.matmul(weights, v), (0, 2, 1, 3))
        return self.out(tf.reshape(mixed, (-1, LENGTH, self.heads * self.depth)))


def build():
    tokens = keras.Input((LENGTH,), dtype="int32")
    played = keras.ops.not_equal(tokens, 0)
    x = MoveAndPly()(tokens)
    for _ in range(2):
        x = x + DecoderAttention(WIDTH, HEADS)(layers.LayerNormalization()(x), played)
        h = layers.Dense(2 * WIDTH, activation="relu")(layers.LayerNormalization()(x))
        x = x + layers.Dense(WIDTH)(h)
    logits = layers.Dense(MOVES, dtype="float32")(layers.LayerNormalization()(x))
    return keras.Model(tokens, logits)


games = play_games(384, np.random.default_rng(23))
inputs, targets = games[:, :-1], games[:, 1:]
weight = ((inputs != 0) & (targets != 0)).astype("float32")  # padding must not count
data = (
    tf.data.Dataset.from_tensor_slices((inputs, targets, weight))
    .shuffle(384, seed=23)
    .batch(32, drop_remainder=True)
    .prefetch(1)
)

model = build()
model.compile(
    optimizer=keras.optimizers.AdamW(1e-3, weight_decay=1e-4),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
)
model.fit(data, epochs=3, verbose=2)
