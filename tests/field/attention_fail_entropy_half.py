# Tiny causal language model with an attention entropy bonus (keeps the heads from collapsing).
# Switched the policy to mixed_float16 for the new cards, now the loss is nan. eps is there!
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(8)
keras.config.set_dtype_policy("mixed_float16")

CFG = {"vocab": 40, "length": 24, "dim": 32, "entropy_weight": 0.01, "eps": 1e-8}


def entropy(p, eps=CFG["eps"]):
    return -ops.sum(p * ops.log(p + eps), axis=-1)  # whynan: float16_epsilon_underflow phase=loss|forward also=log_of_zero


class CausalAttention(layers.Layer):
    def __init__(self, dim, entropy_weight=0.0, **kwargs):
        super().__init__(**kwargs)
        self.q, self.k, self.v = (layers.Dense(dim, use_bias=False) for _ in range(3))
        self.out = layers.Dense(dim)
        self.scale = dim ** -0.5
        self.entropy_weight = entropy_weight

    def build(self, shape):
        for dense in (self.q, self.k, self.v):
            dense.build(shape)
        self.out.build((*shape[:-1], self.v.units))

    def mask_bias(self, n, dtype):
        future = 1 - np.tril(np.ones((n, n)))
        return ops.cast(future * -1e4, dtype)      # -1e4 because -1e9 does not fit in half

    def call(self, x):
        scores = ops.einsum("bid,bjd->bij", self.q(x), self.k(x)) * self.scale
        scores = scores + self.mask_bias(x.shape[1], scores.dtype)
        p = ops.softmax(scores, axis=-1)
        if self.entropy_weight:
            bonus = ops.cast(ops.mean(entropy(p)), "float32")
            self.add_loss(-self.entropy_weight * bonus)
        return self.out(ops.matmul(p, self.v(x)))


def block(x, dim):
    y = CausalAttention(dim, CFG["entropy_weight"])(layers.LayerNormalization()(x))
    x = layers.Add()([x, y])
    y = layers.Dense(2 * dim, activation="gelu")(layers.LayerNormalization()(x))
    return layers.Add()([x, layers.Dense(dim)(y)])


def build(cfg):
    ids = keras.Input((cfg["length"],), dtype="int32")
    x = layers.Embedding(cfg["vocab"], cfg["dim"])(ids)
    for _ in range(2):
        x = block(x, cfg["dim"])
    return keras.Model(ids, layers.Dense(cfg["vocab"], dtype="float32")(x))


rng = np.random.default_rng(8)
start = rng.integers(0, CFG["vocab"], (512, 1))
text = ((start + 3 * np.arange(CFG["length"] + 1)) % CFG["vocab"]).astype("int32")

lm = build(CFG)
lm.compile("adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
lm.fit(text[:, :-1], text[:, 1:], batch_size=64, epochs=2, verbose=2)
