# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(88)
keras.mixed_precision.set_global_policy("mixed_float16")


class AttentionPool(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.score = keras.layers.Dense(1)

    def call(self, inputs):
        states, mask = inputs
        scores = self.score(states)[..., 0]
        scores += (1.0 - tf.cast(mask, scores.dtype)) * (scores.dtype.min / 2)
        return tf.einsum("bt,btd->bd", tf.nn.softmax(scores), states)


rng = np.random.default_rng(88)
words = rng.integers(1, 60, (160, 12))
words[:, 8:] = 0
words[5] = 0
label = (words < 20).sum(1) > 6
tokens = keras.Input((12,), dtype="int32")
pooled = AttentionPool()([keras.layers.Embedding(60, 16)(tokens), keras.ops.not_equal(tokens, 0)])
model = keras.Model(tokens, keras.layers.Dense(1, activation="sigmoid", dtype="float32")(pooled))
model.compile("adam", "binary_crossentropy")
model.fit(words, label.astype("float32"), epochs=4, batch_size=20, verbose=2)
