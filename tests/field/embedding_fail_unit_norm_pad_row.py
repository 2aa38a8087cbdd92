# Word vectors on the unit sphere (constraint) for a sentiment model. Padding id 0 has the zero vector
# so that it does not contribute. First batch ok, second batch nan. Without the constraint it trains.
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(2)
VOCAB, MAXLEN, DIM = 300, 20, 24


class PadZero(keras.initializers.Initializer):
    """Random normal vectors, the row of the padding token is zero."""

    def __init__(self, seed=0):
        self.seed = seed

    def __call__(self, shape, dtype=None):
        table = np.random.default_rng(self.seed).normal(size=shape)
        table /= np.linalg.norm(table, axis=-1, keepdims=True)
        table[0] = 0.0
        return ops.convert_to_tensor(table, dtype=dtype or "float32")


class OnSphere(keras.constraints.Constraint):
    def lengths(self, w):
        return ops.sqrt(ops.sum(ops.square(w), axis=-1, keepdims=True))

    def __call__(self, w):
        return w / self.lengths(w)  # whynan: divide_by_zero phase=update


class MeanOfWords(layers.Layer):
    def call(self, vectors, ids):
        keep = ops.cast(ops.not_equal(ids, 0), vectors.dtype)[..., None]
        return ops.sum(vectors * keep, axis=1) / ops.maximum(ops.sum(keep, axis=1), 1.0)


def reviews(n=800):
    rng = np.random.default_rng(2)
    ids = np.zeros((n, MAXLEN), "int32")
    label = rng.integers(0, 2, n)
    for i in range(n):
        m = rng.integers(4, MAXLEN)
        lo, hi = (1, 180) if label[i] else (120, VOCAB)
        ids[i, :m] = rng.integers(lo, hi, m)
    return ids, label.astype("float32")


def build():
    ids = keras.Input((MAXLEN,), dtype="int32")
    vec = layers.Embedding(VOCAB, DIM, embeddings_initializer=PadZero(7), embeddings_constraint=OnSphere())(ids)
    doc = MeanOfWords()(vec, ids)
    h = layers.Dense(16, activation="tanh")(doc)
    return keras.Model(ids, layers.Dense(1, activation="sigmoid")(h))


x, y = reviews()
model = build()
model.compile(keras.optimizers.Adam(3e-3), loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, batch_size=32, epochs=3, verbose=2)
print(history.history["loss"])
