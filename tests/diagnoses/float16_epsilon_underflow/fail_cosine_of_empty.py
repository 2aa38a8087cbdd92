"""Match queries with documents by cosine similarity; half precision on the accelerator."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(90)
keras.mixed_precision.set_global_policy("mixed_float16")


class Cosine(keras.layers.Layer):
    def __init__(self, eps=1e-8):
        super().__init__()
        self.eps = eps

    def call(self, inputs):
        a, b = inputs
        dot = tf.reduce_sum(a * b, -1, keepdims=True)
        size = tf.reduce_sum(tf.abs(a), -1, keepdims=True) * tf.reduce_sum(tf.abs(b), -1, keepdims=True)
        return dot / (size + self.eps)  # whynan: float16_epsilon_underflow phase=forward rows=9,132 also=divide_by_zero


rng = np.random.default_rng(90)
query = rng.poisson(0.4, (180, 24)).astype("float32")
document = rng.poisson(0.4, (180, 24)).astype("float32")
query[[9, 132]] = 0.0
relevant = ((query * document).sum(1) > 4).astype("float32")

encoder = keras.layers.Dense(8, activation="relu", use_bias=False)
q, d = keras.Input((24,)), keras.Input((24,))
similarity = Cosine()([encoder(q), encoder(d)])
model = keras.Model([q, d], keras.layers.Dense(1, activation="sigmoid", dtype="float32")(similarity))
model.compile("adam", "binary_crossentropy")
model.fit([query, document], relevant, epochs=3, batch_size=20, verbose=2)
