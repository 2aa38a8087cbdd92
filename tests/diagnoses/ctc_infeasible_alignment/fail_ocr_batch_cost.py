"""Captcha OCR in the style of the Keras example, with a narrower image."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(48)
rng = np.random.default_rng(48)
CHARS, LEN, W = 8, 5, 24
codes = np.stack([rng.permutation(CHARS)[:LEN] for _ in range(120)])
codes[39] = [3, 3, 3, 3, 1]
glyphs = rng.normal(size=(CHARS, 4, 6))
images = np.zeros((120, W, 6), "float32")
for im, code in zip(images, codes):
    im[:20] = np.concatenate([glyphs[c] for c in code])
images += 0.1 * rng.normal(size=images.shape)


class CTCLayer(layers.Layer):
    def call(self, y_true, y_pred):
        n = tf.shape(y_true)[0]
        input_length = tf.shape(y_pred)[1] * tf.ones((n, 1), tf.int32)
        label_length = tf.shape(y_true)[1] * tf.ones((n, 1), tf.int32)
        loss = tf.keras.backend.ctc_batch_cost(y_true, y_pred, input_length, label_length)  # whynan: ctc_infeasible_alignment phase=loss|forward rows=39
        self.add_loss(tf.reduce_mean(loss))
        return y_pred


img = keras.Input((W, 6), name="image")
lab = keras.Input((LEN,), name="label", dtype="int32")
x = layers.Conv1D(16, 3, padding="same", activation="relu")(img)
x = layers.MaxPooling1D(4)(x)
x = layers.Bidirectional(layers.GRU(12, return_sequences=True))(x)
x = layers.Dense(CHARS + 1, activation="softmax")(x)
ocr = keras.Model([img, lab], CTCLayer()(lab, x))
ocr.compile(optimizer="adam")
ocr.fit({"image": images, "label": codes.astype("int32")}, batch_size=20, epochs=2, shuffle=False, verbose=2)
