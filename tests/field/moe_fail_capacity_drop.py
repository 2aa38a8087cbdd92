"""Switch-style text classifier (keras.io "Switch Transformer") changed to top-2 routing with expert capacity."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(31)


class Router(layers.Layer):
    """Returns combine weights of shape (tokens, experts) after the capacity limit."""

    def __init__(self, num_experts, capacity, k=2, **kwargs):
        super().__init__(**kwargs)
        self.num_experts, self.capacity, self.k = num_experts, capacity, k
        self.route = layers.Dense(num_experts)

    def call(self, tokens, training=False):
        logits = self.route(tokens)
        if training:
            # jitter, as in the paper
            logits = logits * tf.random.uniform(tf.shape(logits), 0.9, 1.1)
        probs = tf.nn.softmax(logits)
        _, chosen = tf.math.top_k(probs, k=self.k)
        assignment = tf.reduce_sum(tf.one_hot(chosen, self.num_experts), axis=1)  # (N, E) 0/1
        place = tf.cumsum(assignment, axis=0) * assignment  # 1-based seat in the queue of the expert
        kept = assignment * tf.cast(place <= self.capacity, tf.float32)
        self.add_loss(self.balance(probs, assignment))
        return self.renormalise(probs * kept)

    def balance(self, probs, assignment):
        share = tf.reduce_mean(assignment, axis=0) / self.k
        return 0.01 * self.num_experts * tf.reduce_sum(share * tf.reduce_mean(probs, axis=0))

    @staticmethod
    def renormalise(gates):
        # the surviving gates of a token sum to one again
        return gates / tf.reduce_sum(gates, axis=-1, keepdims=True)  # whynan: zero_weight_sum phase=forward also=divide_by_zero


class MoE(layers.Layer):
    def __init__(self, dim, hidden, num_experts, tokens_per_batch, capacity_factor=1.0, **kwargs):
        super().__init__(**kwargs)
        capacity = int(capacity_factor * tokens_per_batch / num_experts)
        self.dim = dim
        self.router = Router(num_experts, capacity)
        self.experts = [
            keras.Sequential([layers.Dense(hidden, activation="gelu"), layers.Dense(dim)]) for _ in range(num_experts)
        ]

    def call(self, x, training=False):
        length = x.shape[1]
        tokens = tf.reshape(x, (-1, self.dim))
        combine = self.router(tokens, training=training)
        outputs = tf.stack([expert(tokens) for expert in self.experts], axis=1)
        mixed = tf.einsum("ne,ned->nd", combine, outputs)
        return tf.reshape(mixed, (-1, length, self.dim))


class TokenAndPosition(layers.Layer):
    def __init__(self, length, vocab, dim, **kwargs):
        super().__init__(**kwargs)
        self.token, self.position = layers.Embedding(vocab, dim), layers.Embedding(length, dim)
        self.length = length

    def call(self, ids):
        return self.token(ids) + self.position(tf.range(self.length))


def build(vocab=400, length=24, dim=24, batch=32):
    inputs = keras.Input((length,), dtype="int32")
    x = TokenAndPosition(length, vocab, dim)(inputs)
    attended = layers.MultiHeadAttention(2, 12)(x, x)
    x = layers.LayerNormalization()(x + attended)
    x = layers.LayerNormalization()(x + MoE(dim, 32, 4, tokens_per_batch=batch * length)(x))
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dropout(0.1)(x)
    return keras.Model(inputs, layers.Dense(2, activation="softmax")(x))


rng = np.random.default_rng(31)
reviews = rng.integers(1, 400, size=(960, 24)).astype("int32")
polarity = (np.sum(reviews < 60, axis=1) > 3).astype("int32")

model = build()
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(reviews, polarity, batch_size=32, epochs=2, verbose=2)
