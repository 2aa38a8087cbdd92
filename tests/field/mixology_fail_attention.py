"""Next-ingredient suggestion for cocktails: one causal attention block, written out by hand."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from keras.utils import pad_sequences

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)

VOCAB, MAXLEN, DIM = 40, 16, 32

# recipes: a base spirit decides which ingredients tend to follow each other
jump = rng.dirichlet(np.full(VOCAB - 1, 0.08), size=VOCAB - 1)
recipes = []
for _ in range(1200):
    item = rng.integers(0, VOCAB - 1)
    recipe = [item + 1]
    for _ in range(rng.integers(3, MAXLEN + 1)):
        item = rng.choice(VOCAB - 1, p=jump[item])
        recipe.append(item + 1)
    recipes.append(recipe)

tokens = pad_sequences([r[:-1] for r in recipes], maxlen=MAXLEN)   # 0 = no ingredient
target = np.array([r[-1] for r in recipes])


class CausalAttention(layers.Layer):

    def __init__(self, dim, **kw):
        super().__init__(**kw)
        self.q = layers.Dense(dim, use_bias=False)
        self.k = layers.Dense(dim, use_bias=False)
        self.v = layers.Dense(dim, use_bias=False)
        self.dim = dim

    def call(self, x, present):
        q, k, v = self.q(x), self.k(x), self.v(x)
        scores = tf.matmul(q, k, transpose_b=True) / self.dim ** 0.5
        n = tf.shape(x)[1]
        causal = tf.linalg.band_part(tf.ones((n, n), tf.bool), -1, 0)
        allowed = causal[None, :, :] & present[:, None, :]
        scores = tf.where(allowed, scores, float("-inf"))
        weights = tf.nn.softmax(scores, axis=-1)  # whynan: softmax_all_masked phase=forward|gradient
        return tf.matmul(weights, v)


class Bartender(keras.Model):

    def __init__(self):
        super().__init__()
        self.emb = layers.Embedding(VOCAB, DIM)
        self.pos = layers.Embedding(MAXLEN, DIM)
        self.attn = CausalAttention(DIM)
        self.norm = layers.LayerNormalization()
        self.hidden = layers.Dense(64, activation="gelu")
        self.out = layers.Dense(VOCAB)

    def call(self, ids):
        x = self.emb(ids) + self.pos(tf.range(MAXLEN))
        x = x + self.attn(x, tf.not_equal(ids, 0))
        last = x[:, -1]                 # padding is on the left, so the newest item is here
        return self.out(self.hidden(self.norm(last)))


model = Bartender()
model.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(tokens, target, batch_size=64, epochs=6, validation_split=0.1, verbose=2)

probe = pad_sequences([[3, 7, 12]], maxlen=MAXLEN)
print("after 3, 7, 12 try:", np.argsort(-model.predict(probe, verbose=0)[0])[:5])
