"""ArcFace with a 2-D embedding, so that I can plot the classes on the circle (as everybody does with MNIST).

Works with embedding_dim = 64 on my real data, with 2 it's NaN after a while.
"""
import math

import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(123)

CLASSES, FEATURES, EMBEDDING = 10, 24, 2


class L2Normalise(layers.Layer):
    def __init__(self, axis=-1, eps=1e-12, **kwargs):
        super().__init__(**kwargs)
        self.axis, self.eps = axis, eps

    def call(self, x):
        square = ops.sum(ops.square(x), axis=self.axis, keepdims=True)
        return x * ops.rsqrt(ops.maximum(square, self.eps))


class ArcFaceHead(layers.Layer):
    """Additive angular margin, s * cos(theta + m) for the true class."""

    def __init__(self, classes, s=16.0, m=0.3, **kwargs):
        super().__init__(**kwargs)
        self.classes, self.s, self.m = classes, s, m
        self.normalise = L2Normalise(axis=0)

    def build(self, embedding_shape, label_shape):
        self.centres = self.add_weight(
            shape=(embedding_shape[-1], self.classes), initializer="random_normal", name="centres"
        )

    def angles(self, embedding):
        cosine = ops.matmul(embedding, self.normalise(ops.convert_to_tensor(self.centres)))
        # rounding can give 1.0000001, so clip before the arccos
        cosine = ops.clip(cosine, -1.0, 1.0)
        theta = ops.arccos(cosine)  # whynan: acos_grad_at_one phase=gradient also=acos_domain,clip_misuse
        return cosine, theta

    def call(self, embedding, label):
        cosine, theta = self.angles(embedding)
        with_margin = ops.cos(ops.minimum(theta + self.m, math.pi))
        target = ops.one_hot(ops.squeeze(label, axis=-1), self.classes)
        return self.s * (target * with_margin + (1.0 - target) * cosine)


def build():
    features = keras.Input((FEATURES,), name="features")
    label = keras.Input((1,), dtype="int32", name="label")
    h = layers.Dense(64, activation="relu")(features)
    h = layers.BatchNormalization()(h)
    h = layers.Dense(EMBEDDING, name="embedding")(h)
    h = L2Normalise()(h)
    logits = ArcFaceHead(CLASSES, name="arcface")(h, label)
    return keras.Model({"features": features, "label": label}, logits)


def clusters(n=2560):
    rng = np.random.default_rng(123)
    centres = rng.normal(0, 2.0, size=(CLASSES, FEATURES))
    y = rng.integers(0, CLASSES, n)
    x = centres[y] + rng.normal(0, 0.7, size=(n, FEATURES))
    return x.astype("float32"), y.astype("int32")


x, y = clusters()
model = build()
model.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(
    {"features": x, "label": y[:, None]},
    y,
    batch_size=256,
    epochs=80,
    verbose=2,
    callbacks=[keras.callbacks.TerminateOnNaN()],
)
