"""Will a visitor buy? Clickstreams of up to 96 pages, attention only inside blocks of 16 pages.

Full attention with the same padding mask worked. Since the switch to blocks (much faster) the loss is nan from the
first batch. numpy also complains about log1p when the layer is made, but that constant has always been there.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(8)

PAGES, LENGTH, BLOCK, DIM = 60, 96, 16, 24


def locality_prior(block):
    """Log weight of two positions in a block: linear in their distance, the two ends never see each other."""
    position = np.arange(block)
    distance = np.abs(position[:, None] - position[None, :])
    return np.log1p(-distance / (block - 1)).astype("float32")


class Visits(keras.utils.PyDataset):
    def __init__(self, count, batch, seed, **kwargs):
        super().__init__(**kwargs)
        rng = np.random.default_rng(seed)
        self.batch = batch
        self.pages = np.zeros((count, LENGTH), "int32")
        self.bought = np.zeros((count, 1), "float32")
        for i in range(count):
            length = int(np.clip(rng.lognormal(3.2, 0.7), 5, LENGTH))
            self.pages[i, :length] = rng.integers(1, PAGES, size=length)
            basket = np.sum(self.pages[i] == 7) + np.sum(self.pages[i] == 11)
            self.bought[i] = float(basket + rng.normal(0, 0.3) > 0.8)

    def __len__(self):
        return len(self.pages) // self.batch

    def __getitem__(self, index):
        part = slice(index * self.batch, (index + 1) * self.batch)
        return self.pages[part], self.bought[part]


class BlockAttention(layers.Layer):
    def __init__(self, dim, block, **kwargs):
        super().__init__(**kwargs)
        self.dim, self.block = dim, block
        self.qkv = layers.Dense(3 * dim, use_bias=False)
        self.mix = layers.Dense(dim)
        self.prior = locality_prior(block)

    def build(self, x_shape, valid_shape=None):
        self.qkv.build(x_shape)
        self.mix.build((*x_shape[:-1], self.dim))

    def cut(self, t):
        return ops.reshape(t, (-1, LENGTH // self.block, self.block, self.dim))

    def call(self, x, valid):
        q, k, v = (self.cut(t) for t in ops.split(self.qkv(x), 3, axis=-1))
        scores = ops.matmul(q, ops.transpose(k, (0, 1, 3, 2))) / np.sqrt(self.dim).astype("float32")
        scores = scores + ops.convert_to_tensor(self.prior)
        readable = ops.reshape(valid, (-1, LENGTH // self.block, 1, self.block))
        scores = ops.where(readable, scores, -np.inf)
        weights = ops.softmax(scores, axis=-1)  # whynan: softmax_all_masked phase=forward
        seen = ops.reshape(ops.matmul(weights, v), (-1, LENGTH, self.dim))
        keep = ops.expand_dims(ops.cast(valid, x.dtype), -1)
        return (x + self.mix(seen)) * keep


def build_model():
    pages = keras.Input((LENGTH,), dtype="int32", name="pages")
    valid = ops.not_equal(pages, 0)
    x = layers.Embedding(PAGES, DIM)(pages)
    for i in range(2):
        x = BlockAttention(DIM, BLOCK, name=f"block_attention_{i}")(x, valid)
        x = layers.LayerNormalization()(x)
    keep = ops.expand_dims(ops.cast(valid, "float32"), -1)
    pooled = ops.sum(x * keep, axis=1) / ops.sum(keep, axis=1)
    out = layers.Dense(1, activation="sigmoid")(layers.Dense(16, activation="tanh")(pooled))
    return keras.Model(pages, out)


model = build_model()
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy")
model.fit(Visits(512, 32, seed=1), validation_data=Visits(96, 32, seed=2), epochs=2, verbose=2)
