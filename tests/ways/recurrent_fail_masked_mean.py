"""Comment sentiment with mean pooling over the real tokens."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(71)


class MeanOverTokens(layers.Layer):
    supports_masking = True

    def call(self, x, mask=None):
        m = tf.cast(mask, x.dtype)[:, :, None]
        return tf.reduce_sum(x * m, axis=1) / tf.reduce_sum(m, axis=1)  # whynan: empty_reduction phase=forward rows=88 also=divide_by_zero,zero_weight_sum

    def compute_mask(self, inputs, mask=None):
        return None


comments = [list(np.random.randint(1, 40, np.random.randint(1, 9))) for _ in range(200)]
comments[88] = []                               # only emojis, all removed by the cleaner
x = keras.utils.pad_sequences(comments, maxlen=8, padding="post")
y = np.array([float(sum(c) % 2) for c in comments], "float32")

model = keras.Sequential([
    keras.Input((8,), dtype="int32"),
    layers.Embedding(40, 12, mask_zero=True),
    layers.LSTM(12, return_sequences=True),
    MeanOverTokens(),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy")
model.fit(x, y, epochs=2, batch_size=32, verbose=2)
