"""Small EfficientViT-like classifier for letterboxed dash-cam frames, mixed precision to fit the batch."""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(31)
keras.mixed_precision.set_global_policy("mixed_float16")


class LiteMLA(layers.Layer):
    """ReLU linear attention: O(n) instead of O(n^2). Default arguments as in the official repository."""

    def __init__(self, heads=2, dim=8, eps=1e-15, **kwargs):
        super().__init__(**kwargs)
        self.heads, self.dim, self.eps = heads, dim, eps
        self.qkv = layers.Dense(3 * heads * dim, use_bias=False)

    def build(self, input_shape):
        self.qkv.build(input_shape)
        self.project = layers.Dense(input_shape[-1], use_bias=False, dtype=self.dtype_policy)
        self.project.build(tuple(input_shape[:-1]) + (self.heads * self.dim,))

    def split(self, tokens):
        n = tokens.shape[1]
        qkv = ops.reshape(self.qkv(tokens), (-1, n, self.heads, 3 * self.dim))
        return ops.split(ops.transpose(qkv, (0, 2, 1, 3)), 3, axis=-1)

    def normalised(self, numerator, denominator):
        return numerator / (denominator + self.eps)  # whynan: float16_epsilon_underflow phase=forward also=divide_by_zero

    def call(self, tokens):
        q, k, v = self.split(tokens)
        q, k = ops.relu(q), ops.relu(k)
        context = ops.matmul(ops.transpose(k, (0, 1, 3, 2)), v)  # (b, h, d, d)
        mass = ops.expand_dims(ops.sum(k, axis=2), -1)  # (b, h, d, 1)
        out = self.normalised(ops.matmul(q, context), ops.matmul(q, mass))
        out = ops.transpose(out, (0, 2, 1, 3))
        out = ops.reshape(out, (-1, tokens.shape[1], self.heads * self.dim))
        return self.project(out)


def mbconv(x, expand=2):
    width = x.shape[-1]
    h = layers.Conv2D(width * expand, 1, activation="hard_silu", use_bias=False)(x)
    h = layers.DepthwiseConv2D(3, padding="same", activation="hard_silu", use_bias=False)(h)
    h = layers.Conv2D(width, 1, use_bias=False)(h)
    return layers.Add()([x, h])


def build(size=64, classes=5):
    frame = keras.Input((size, size, 3))
    x = layers.Rescaling(1.0 / 255)(frame)
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="hard_silu", use_bias=False)(x)
    x = mbconv(x)
    x = layers.Conv2D(16, 3, strides=2, padding="same", use_bias=False)(x)
    x = mbconv(x)
    tokens = layers.Reshape((-1, 16))(x)
    tokens = layers.Add()([tokens, LiteMLA(name="lite_mla")(tokens)])
    x = layers.GlobalAveragePooling1D()(tokens)
    logits = layers.Dense(classes, dtype="float32")(x)
    return keras.Model(frame, logits)


def letterbox(frames, size=64):
    """16:9 frame into a square, black bars above and below."""
    bar = (size - frames.shape[1]) // 2
    return np.pad(frames, ((0, 0), (bar, bar), (0, 0), (0, 0)))


def load_frames(n=192, classes=5, seed=2):
    rng = np.random.default_rng(seed)
    label = rng.integers(0, classes, n)
    frames = rng.integers(30, 200, size=(n, 36, 64, 3))
    frames[..., 0] += 10 * label[:, None, None]
    return letterbox(frames).astype("uint8"), label


frames, label = load_frames()
model = build()
model.compile(
    optimizer=keras.optimizers.AdamW(1e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(frames, label, batch_size=32, epochs=1, verbose=2)
