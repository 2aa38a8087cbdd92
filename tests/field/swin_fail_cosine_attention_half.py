"""Small ViT for grain texture with the scaled cosine attention of Swin-V2, mixed precision.

q and k share one projection (as in the Reformer) to save parameters. In float32 the same code trains fine.
"""
import math

import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(14)
keras.mixed_precision.set_global_policy("mixed_float16")

CFG = {"image": 16, "patch": 4, "dim": 32, "heads": 4, "layers": 2, "classes": 4, "label_smoothing": 0.1}


def unit(x):
    return x * ops.rsqrt(ops.sum(ops.square(x), axis=-1, keepdims=True) + 1e-5)


def attend(scores, values):
    """softmax(scores) @ values, the normalisation after the product is cheaper"""
    weights = ops.exp(scores)  # whynan: float16_overflow phase=forward also=exp_overflow
    total = ops.sum(weights, axis=-1, keepdims=True)
    return ops.matmul(weights, values) / total


class CosineAttention(layers.Layer):
    def __init__(self, dim, heads, tau=0.07, max_scale=100.0, **kwargs):
        super().__init__(**kwargs)
        self.dim, self.heads = dim, heads
        self.tau, self.max_scale = tau, max_scale
        self.qk = layers.Dense(dim, use_bias=False)
        self.v = layers.Dense(dim)
        self.merge = layers.Dense(dim)

    def build(self, shape):
        self.log_scale = self.add_weight(
            shape=(self.heads, 1, 1), initializer=keras.initializers.Constant(math.log(1.0 / self.tau)), name="log_scale"
        )
        for dense in (self.qk, self.v, self.merge):
            dense.build(tuple(shape[:-1]) + (self.dim,))

    def to_heads(self, x):
        x = ops.reshape(x, (-1, x.shape[1], self.heads, self.dim // self.heads))
        return ops.transpose(x, (0, 2, 1, 3))

    def call(self, x):
        q = unit(self.to_heads(self.qk(x)))
        scale = ops.exp(ops.minimum(self.log_scale, math.log(self.max_scale)))
        scores = ops.matmul(q, ops.transpose(q, (0, 1, 3, 2))) * scale
        y = ops.transpose(attend(scores, self.to_heads(self.v(x))), (0, 2, 1, 3))
        return self.merge(ops.reshape(y, (-1, x.shape[1], self.dim)))


class AddPosition(layers.Layer):
    def build(self, shape):
        self.table = self.add_weight(shape=(1, shape[1], shape[2]), initializer="random_normal", name="table")

    def call(self, x):
        return x + self.table


def vit(cfg):
    tokens = (cfg["image"] // cfg["patch"]) ** 2
    inputs = keras.Input((cfg["image"], cfg["image"], 1))
    x = layers.Conv2D(cfg["dim"], cfg["patch"], strides=cfg["patch"])(inputs)
    x = AddPosition()(layers.Reshape((tokens, cfg["dim"]))(x))
    for _ in range(cfg["layers"]):
        # Swin-V2: post-norm
        x = layers.Add()([x, layers.LayerNormalization()(CosineAttention(cfg["dim"], cfg["heads"])(x))])
        h = layers.Dense(2 * cfg["dim"], activation="gelu")(x)
        x = layers.Add()([x, layers.LayerNormalization()(layers.Dense(cfg["dim"])(h))])
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(cfg["classes"], dtype="float32")(x))


def textures(n, cfg):
    rng = np.random.default_rng(14)
    label = rng.integers(0, cfg["classes"], n)
    yy, xx = np.mgrid[0 : cfg["image"], 0 : cfg["image"]]
    angle = label[:, None, None] * np.pi / cfg["classes"]
    images = np.sin((np.cos(angle) * xx + np.sin(angle) * yy) * 0.9 + rng.uniform(0, 6, (n, 1, 1)))
    images += rng.normal(0, 0.3, images.shape)
    return images.astype("float32")[..., None], keras.utils.to_categorical(label, cfg["classes"])


x, y = textures(320, CFG)
model = vit(CFG)
model.compile(
    optimizer=keras.optimizers.AdamW(1e-3),
    loss=keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=CFG["label_smoothing"]),
    metrics=["accuracy"],
)
model.fit(x, y, batch_size=32, epochs=2, verbose=2)
