# Reptile meta learning on tiny glyphs with adaptive gradient clipping (NFNets), rows of border pixels are always black.
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(27)
WAYS, SHOTS, PIXELS = 3, 5, 64


class Glyphs:
    """8x8 drawings, the outermost ring is never inked"""

    def __init__(self, alphabet=12):
        self.rng = np.random.default_rng(27)
        self.templates = (self.rng.random((alphabet, 6, 6)) < 0.4).astype("float32")

    def task(self):
        chosen = self.rng.choice(len(self.templates), WAYS, replace=False)
        images, labels = [], []
        for label, which in enumerate(chosen):
            noise = self.rng.random((SHOTS, 6, 6)) < 0.1
            inked = np.abs(self.templates[which][None] - noise)
            images.append(np.pad(inked, ((0, 0), (1, 1), (1, 1))).reshape(SHOTS, PIXELS))
            labels += [label] * SHOTS
        return tf.constant(np.concatenate(images), tf.float32), tf.constant(labels)


def unitwise_norm(t):
    if len(t.shape) <= 1:
        return tf.norm(t)
    return tf.sqrt(tf.reduce_sum(tf.square(t), axis=1, keepdims=True))


def adaptive_clip(grads, weights, clip=0.05, eps=1e-3):
    clipped = []
    for g, w in zip(grads, weights):
        g_norm = unitwise_norm(g)
        limit = clip * tf.maximum(unitwise_norm(w), eps)
        clipped.append(tf.where(g_norm > limit, g * (limit / g_norm), g))
    return clipped


def build():
    return keras.Sequential([
        keras.Input((PIXELS,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(WAYS),
    ])


fast = build()
ce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
weights = [v.value for v in fast.trainable_variables]


@tf.function
def inner_step(images, labels, lr):
    with tf.GradientTape() as tape:
        loss = ce(labels, fast(images, training=True))
    grads = adaptive_clip(tape.gradient(loss, weights), weights)
    for w, g in zip(weights, grads):
        w.assign_sub(lr * g)
    return loss


glyphs = Glyphs()
slow = [w.numpy() for w in weights]
for outer in range(40):
    for w, s in zip(weights, slow):
        w.assign(s)
    images, labels = glyphs.task()
    losses = [float(inner_step(images, labels, tf.constant(0.5))) for _ in range(10)]
    slow = [s + 0.2 * (w.numpy() - s) for w, s in zip(weights, slow)]
    if outer % 10 == 0:
        print(f"task {outer:2d} loss before {losses[0]:.4f} after {losses[-1]:.4f}")
