"""Multi-label tags for shoe photos (embeddings from a frozen backbone).

Cosine head like in face recognition, focal loss because most tags are rare.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

TAGS = ["canvas", "leather", "suede", "hightop", "lowtop", "velcro", "laces",
        "platform", "runner", "white", "neon", "retro"]
DIM = 96
N = 1280

directions = rng.normal(size=(len(TAGS), DIM)) / np.sqrt(DIM)
freq = rng.uniform(0.04, 0.3, len(TAGS))
labels = (rng.random((N, len(TAGS))) < freq).astype("float32")
embeddings = labels @ directions * 2.0 + rng.normal(0, 0.5, (N, DIM))
embeddings = embeddings.astype("float32")


class CosineTags(layers.Layer):
    def __init__(self, n_tags, scale=64.0, **kw):
        super().__init__(**kw)
        self.n_tags = n_tags
        self.scale = scale

    def build(self, input_shape):
        self.w = self.add_weight(
            shape=(input_shape[-1], self.n_tags), initializer="glorot_uniform", name="prototypes"
        )

    def call(self, x):
        x = ops.normalize(x, axis=-1)
        w = ops.normalize(self.w, axis=0)
        return ops.sigmoid(self.scale * ops.matmul(x, w))


def binary_focal(y, p, gamma=2.0, alpha=0.25, eps=1e-8):
    p = ops.clip(p, eps, 1.0 - eps)
    pos = alpha * y * (1.0 - p) ** gamma * ops.log(p)
    neg = (1.0 - alpha) * (1.0 - y) * p ** gamma * ops.log(1.0 - p)  # whynan: clip_misuse phase=loss also=log_of_zero
    return -ops.mean(ops.sum(pos + neg, axis=-1))


model = keras.Sequential([
    keras.Input((DIM,)),
    layers.Dense(64, activation="relu"),
    layers.Dense(16),
    CosineTags(len(TAGS)),
])
optimizer = keras.optimizers.AdamW(1e-3, weight_decay=1e-4)

BATCH = 64
for epoch in range(3):
    order = rng.permutation(N)
    running = 0.0
    for b in range(N // BATCH):
        idx = order[b * BATCH:(b + 1) * BATCH]
        xb = tf.constant(embeddings[idx])
        yb = tf.constant(labels[idx])
        with tf.GradientTape() as tape:
            prob = model(xb, training=True)
            loss = binary_focal(yb, prob)
        grads = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(grads, model.trainable_weights))
        running += float(loss)
    print("epoch %d  loss %.4f" % (epoch + 1, running / (N // BATCH)))

prob = model.predict(embeddings[:200], verbose=0)
hit = ((prob > 0.5) == (labels[:200] > 0.5)).mean()
print("tag accuracy on the first 200:", round(float(hit), 3))
