"""Pre-training a tiny decoder on *packed* documents (several documents share a row, as in the t5x packer).

Every document has its own segment id, so tokens must only look at tokens of the same segment. 0 = filler.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(5)

CONFIG = dict(vocab=120, seq=48, dim=32, heads=4, depth=2, batch=16)


def make_documents(n=300, seed=5):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(6, 40, size=n)
    return [rng.integers(2, CONFIG["vocab"], size=k) for k in lengths]


def pack(documents, seq):
    """Greedy packing, documents are cut at the end of a row; only the end of the corpus needs filler."""
    tokens = np.concatenate(documents)
    segments = np.concatenate([np.full(len(d), i + 1) for i, d in enumerate(documents)])
    missing = (-len(tokens)) % seq
    tokens = np.pad(tokens, (0, missing))
    segments = np.pad(segments, (0, missing))
    return tokens.reshape(-1, seq).astype("int32"), segments.reshape(-1, seq).astype("int32")


class PackedAttention(layers.Layer):
    def __init__(self, dim, heads, **kwargs):
        super().__init__(**kwargs)
        self.heads, self.size = heads, dim // heads
        self.qkv = layers.Dense(3 * dim, use_bias=False)
        self.out = layers.Dense(dim)

    def split(self, t):
        t = ops.reshape(t, (-1, t.shape[1], self.heads, self.size))
        return ops.transpose(t, (0, 2, 1, 3))

    def call(self, x, allowed):
        q, k, v = [self.split(t) for t in ops.split(self.qkv(x), 3, axis=-1)]
        scores = ops.matmul(q, ops.transpose(k, (0, 1, 3, 2))) / float(np.sqrt(self.size))
        scores = ops.where(allowed[:, None], scores, -float("inf"))
        weights = ops.softmax(scores, axis=-1)  # whynan: softmax_all_masked phase=forward rows=139
        y = ops.transpose(ops.matmul(weights, v), (0, 2, 1, 3))
        return self.out(ops.reshape(y, (-1, y.shape[1], self.heads * self.size)))


class Block(layers.Layer):
    def __init__(self, dim, heads, **kwargs):
        super().__init__(**kwargs)
        self.norm1, self.norm2 = layers.LayerNormalization(), layers.LayerNormalization()
        self.attention = PackedAttention(dim, heads)
        self.ffn = keras.Sequential([layers.Dense(2 * dim, activation="gelu"), layers.Dense(dim)])

    def call(self, x, allowed):
        x = x + self.attention(self.norm1(x), allowed)
        return x + self.ffn(self.norm2(x))


class PackedLM(keras.Model):
    def __init__(self, cfg):
        super().__init__()
        self.embed = layers.Embedding(cfg["vocab"], cfg["dim"])
        self.position = layers.Embedding(cfg["seq"], cfg["dim"])
        self.blocks = [Block(cfg["dim"], cfg["heads"]) for _ in range(cfg["depth"])]
        self.head = layers.Dense(cfg["vocab"])
        self.seq = cfg["seq"]

    def call(self, inputs):
        tokens, segments = inputs["tokens"], inputs["segments"]
        same = ops.equal(segments[:, :, None], segments[:, None, :])
        real = ops.greater(segments, 0)[:, None, :]
        causal = ops.convert_to_tensor(np.tril(np.ones((1, self.seq, self.seq), bool)))
        allowed = ops.logical_and(ops.logical_and(same, real), causal)
        x = self.embed(tokens) + self.position(ops.arange(self.seq))
        for block in self.blocks:
            x = block(x, allowed)
        return self.head(x)


tokens, segments = pack(make_documents(), CONFIG["seq"])
labels = np.roll(tokens, -1, axis=1)
# don't train on filler nor on the last token of a document
weights = ((segments > 0) & (np.roll(segments, -1, axis=1) == segments)).astype("float32")
weights[:, -1] = 0.0

model = PackedLM(CONFIG)
model.compile(
    optimizer=keras.optimizers.AdamW(1e-3, weight_decay=1e-2),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
)
model.fit(
    {"tokens": tokens, "segments": segments}, labels, sample_weight=weights, batch_size=CONFIG["batch"], epochs=3, verbose=2
)
