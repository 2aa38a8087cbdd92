"""Attention pooling over words, mixed precision."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(85)
keras.mixed_precision.set_global_policy("mixed_float16")


class AttentionPool(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.score = keras.layers.Dense(1)

    def call(self, inputs):
        states, mask = inputs
        scores = self.score(states)[..., 0]
        mask = tf.cast(mask, scores.dtype)
        scores += (1.0 - mask) * -1e9  # whynan: float16_constant_overflow phase=forward also=float16_overflow
        return tf.einsum("bt,btd->bd", tf.nn.softmax(scores), states)


rng = np.random.default_rng(85)
words = rng.integers(1, 60, (160, 12))
lengths = rng.integers(3, 13, 160)
words[np.arange(12)[None] >= lengths[:, None]] = 0
label = (words < 10).sum(1) - (words == 0).sum(1) > 1

tokens = keras.Input((12,), dtype="int32")
states = keras.layers.Embedding(60, 16)(tokens)
pooled = AttentionPool()([states, keras.ops.not_equal(tokens, 0)])
out = keras.layers.Dense(1, activation="sigmoid", dtype="float32")(pooled)
model = keras.Model(tokens, out)
model.compile("adam", "binary_crossentropy")
model.fit(words, label.astype("float32"), epochs=3, batch_size=20, verbose=2)
