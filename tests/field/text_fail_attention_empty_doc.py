# Attention pooling over tokens, 0 = padding. Accuracy is stuck and loss is nan after some batches
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)
VOCAB, MAXLEN = 200, 15

lengths = rng.integers(3, MAXLEN + 1, size=240)
tokens = np.zeros((240, MAXLEN), "int32")
for i, n in enumerate(lengths):
    tokens[i, :n] = rng.integers(1, VOCAB, n)
tokens[118] = 0  # nothing left of this tweet after stop word removal
sentiment = (tokens[:, :3].sum(1) % 2).astype("float32")[:, None]


class AttentionPooling(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.proj = layers.Dense(units, activation="tanh")
        self.context = layers.Dense(1, use_bias=False)

    def _scores(self, h, keep):
        e = tf.squeeze(self.context(self.proj(h)), -1)
        return tf.where(keep, e, float("-inf"))

    def call(self, inputs):
        h, ids = inputs
        keep = tf.not_equal(ids, 0)
        attention = tf.nn.softmax(self._scores(h, keep), axis=-1)  # whynan: softmax_all_masked phase=forward rows=118
        return tf.reduce_sum(h * attention[..., None], axis=1)


ids = keras.Input((MAXLEN,), dtype="int32")
emb = layers.Embedding(VOCAB, 16)(ids)
emb = layers.Bidirectional(layers.LSTM(8, return_sequences=True))(emb)
doc = AttentionPooling(16)([emb, ids])
out = layers.Dense(1, activation="sigmoid")(doc)
model = keras.Model(ids, out)
model.compile(optimizer="adam", loss="binary_crossentropy")
model.fit(tokens, sentiment, batch_size=24, epochs=2, verbose=2)
