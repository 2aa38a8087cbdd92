"""Transformer encoder written from scratch for accelerometer gestures of different length.

Padding is zeros at the end. A debugger shows -inf in the attention bias and a standard deviation of exactly
zero in the padded frames of my normalisation, so I would like to know whether this run can be trusted.
"""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(33)

FRAMES, CLASSES, WIDTH, HEADS = 40, 4, 32, 2


def gestures(rng, n):
    x = np.zeros((n, FRAMES, 3), "float32")
    present = np.zeros((n, FRAMES), "float32")
    y = rng.integers(0, CLASSES, n)
    for i in range(n):
        length = rng.integers(14, FRAMES + 1)
        t = np.arange(length)
        rate = 0.12 + 0.16 * y[i]
        phase = rng.uniform(0.0, 2.0 * np.pi)
        axes = np.stack([np.sin(2 * np.pi * rate * t + phase), np.cos(2 * np.pi * rate * t + phase),
                         0.6 * (y[i] - 1.5) * np.ones(length)], axis=1)
        x[i, :length] = axes + rng.normal(0.0, 0.3, axes.shape)
        present[i, :length] = 1.0
    return x, present, y.astype("int32")


class FrameNorm(layers.Layer):
    def __init__(self, eps=1e-6, **kwargs):
        super().__init__(**kwargs)
        self.eps = eps

    def build(self, shape):
        self.gain = self.add_weight(name="gain", shape=(shape[-1],), initializer="ones")
        self.shift = self.add_weight(name="shift", shape=(shape[-1],), initializer="zeros")

    def call(self, x):
        mean = tf.reduce_mean(x, axis=-1, keepdims=True)
        std = tf.math.reduce_std(x, axis=-1, keepdims=True)
        return self.gain * (x - mean) / (std + self.eps) + self.shift


class AddPosition(layers.Layer):
    def build(self, shape):
        self.table = self.add_weight(name="table", shape=(shape[1], shape[2]),
                                     initializer=keras.initializers.RandomNormal(stddev=0.02))

    def call(self, x):
        return x + self.table


class PaddedSelfAttention(layers.Layer):
    def __init__(self, width, heads, **kwargs):
        super().__init__(**kwargs)
        self.width, self.heads = width, heads
        self.qkv = layers.Dense(3 * width, use_bias=False)
        self.out = layers.Dense(width)

    def build(self, shapes):
        self.qkv.build(shapes[0])
        self.out.build(shapes[0])

    def split(self, x):
        x = tf.reshape(x, (-1, FRAMES, self.heads, self.width // self.heads))
        return tf.transpose(x, (0, 2, 1, 3))

    def call(self, inputs):
        x, present = inputs
        q, k, v = (self.split(part) for part in tf.split(self.qkv(x), 3, axis=-1))
        scores = tf.matmul(q, k, transpose_b=True) / float((self.width // self.heads) ** 0.5)
        bias = tf.math.log(present)[:, None, None, :]
        weights = tf.nn.softmax(scores + bias, axis=-1)
        mixed = tf.transpose(tf.matmul(weights, v), (0, 2, 1, 3))
        return self.out(tf.reshape(mixed, (-1, FRAMES, self.width)))


class PresentMean(layers.Layer):
    def call(self, inputs):
        h, present = inputs
        return tf.reduce_sum(h * present[..., None], axis=1) / tf.reduce_sum(present, axis=1, keepdims=True)


def build_encoder(blocks=2):
    frames = keras.Input((FRAMES, 3), name="frames")
    present = keras.Input((FRAMES,), name="present")
    column = layers.Reshape((FRAMES, 1))(present)
    h = AddPosition()(layers.Dense(WIDTH)(frames))
    h = layers.Multiply()([h, column])
    for _ in range(blocks):
        mixed = PaddedSelfAttention(WIDTH, HEADS)([FrameNorm()(h), present])
        h = layers.Multiply()([layers.Add()([h, mixed]), column])
        wide = layers.Dense(2 * WIDTH, activation="gelu")(FrameNorm()(h))
        h = layers.Multiply()([layers.Add()([h, layers.Dense(WIDTH)(wide)]), column])
    return keras.Model([frames, present], layers.Dense(CLASSES)(PresentMean()([h, present])))


x, present, y = gestures(np.random.default_rng(5), 480)
encoder = build_encoder()
encoder.compile(optimizer=keras.optimizers.Adam(2e-3), metrics=["accuracy"],
                loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
encoder.fit([x, present], y, batch_size=32, epochs=6, validation_split=0.2, verbose=2)
