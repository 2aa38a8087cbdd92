"""Will a player come back next week? Decoder-style transformer over the session's event ids."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers
from keras.utils import pad_sequences

keras.utils.set_random_seed(19)

VOCAB = 40
MAX_EVENTS = 24
D = 32

class CausalSelfAttention(layers.Layer):
    """Single-head masked attention, no key may lie in the future or be padding."""

    def __init__(self, dim, **kwargs):
        super().__init__(**kwargs)
        self.dim = dim
        self.q = layers.Dense(dim, use_bias=False)
        self.k = layers.Dense(dim, use_bias=False)
        self.v = layers.Dense(dim, use_bias=False)
        self.o = layers.Dense(dim)

    def build(self, input_shape):
        for proj in (self.q, self.k, self.v, self.o):
            proj.build((None, None, self.dim))

    def call(self, x, tokens):
        scores = tf.matmul(self.q(x), self.k(x), transpose_b=True) / self.dim**0.5
        place = tf.range(MAX_EVENTS)
        causal = place[:, None] >= place[None, :]
        is_event = tf.not_equal(tokens, 0)
        allowed = tf.logical_and(causal[None], is_event[:, None, :])
        scores = tf.where(allowed, scores, float("-inf"))
        attn = tf.nn.softmax(scores, axis=-1)  # whynan: softmax_all_masked phase=forward
        return self.o(tf.matmul(attn, self.v(x)))

class PositionEmbedding(layers.Layer):
    def build(self, input_shape):
        self.table = self.add_weight(shape=(MAX_EVENTS, input_shape[-1]), initializer="uniform")

    def call(self, x):
        return x + self.table

def block(x, tokens):
    h = CausalSelfAttention(D)(layers.LayerNormalization()(x), tokens)
    x = layers.Add()([x, h])
    h = layers.Dense(2 * D, activation="gelu")(layers.LayerNormalization()(x))
    return layers.Add()([x, layers.Dense(D)(h)])

def make_sessions(n, rng):
    sessions, label = [], []
    for _ in range(n):
        engaged = rng.random() < 0.5
        length = rng.integers(4, MAX_EVENTS + 1)
        probs = np.ones(VOCAB - 1)
        probs[:8] += 3.0 * engaged
        sessions.append(list(1 + rng.choice(VOCAB - 1, size=length, p=probs / probs.sum())))
        label.append(float(engaged))
    return sessions, np.array(label, "float32")

rng = np.random.default_rng(31)
sessions, returned = make_sessions(1200, rng)
events = pad_sequences(sessions, maxlen=MAX_EVENTS)

ids = keras.Input((MAX_EVENTS,), dtype="int32")
h = PositionEmbedding()(layers.Embedding(VOCAB, D)(ids))
h = block(h, ids)
h = block(h, ids)
h = layers.LayerNormalization()(h)[:, -1]
model = keras.Model(ids, layers.Dense(1)(h))

model.compile(
    optimizer=keras.optimizers.AdamW(1e-3, weight_decay=1e-4),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    jit_compile=False,
)
model.fit(events, returned[:, None], batch_size=64, epochs=3, verbose=2)
