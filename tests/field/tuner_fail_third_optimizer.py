"""Small search over optimizers for a bag-of-words genre classifier.

sgd and adam are fine, my own optimizer (every row of a matrix moves by the same length) is not.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

VOCAB, LENGTH, GENRES = 600, 10, 4


class EqualLengthSGD(keras.optimizers.Optimizer):
    """Only the direction of a row's gradient is used, its length is thrown away."""

    def __init__(self, learning_rate=0.02, name="equal_length_sgd", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)

    def update_step(self, gradient, variable, learning_rate):
        rate = ops.cast(learning_rate, variable.dtype)
        self.assign_sub(variable, rate * self._direction(gradient))

    @staticmethod
    def _direction(gradient):
        gradient = tf.convert_to_tensor(gradient)  # embeddings give IndexedSlices
        length = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=-1, keepdims=True))
        return gradient / length  # whynan: divide_by_zero phase=update|gradient


def make_plots(n=256):
    rng = np.random.default_rng(5)
    genre = rng.integers(0, GENRES, n)
    base = genre[:, None] * 150
    words = np.where(rng.random((n, LENGTH)) < 0.6, base + rng.integers(0, 150, (n, LENGTH)),
                     rng.integers(0, VOCAB, (n, LENGTH)))
    return words.astype("int32"), genre.astype("int32")


def build_model():
    return keras.Sequential([
        keras.Input((LENGTH,), dtype="int32"),
        layers.Embedding(VOCAB, 16),
        layers.GlobalAveragePooling1D(),
        layers.Dense(GENRES),
    ])


def make_train_step(model, optimizer):
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer.build(model.trainable_variables)

    @tf.function
    def train_step(words, genre):
        with tf.GradientTape() as tape:
            loss = loss_fn(genre, model(words, training=True))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(grads, model.trainable_variables)
        return loss

    return train_step


def run_candidate(factory, data, epochs=3):
    keras.utils.set_random_seed(1)
    step = make_train_step(build_model(), factory())
    history = []
    for _ in range(epochs):
        for words, genre in data:
            history.append(float(step(words, genre)))
    return np.mean(history[-8:])


CANDIDATES = {
    "sgd": lambda: keras.optimizers.SGD(0.5),
    "adam": lambda: keras.optimizers.Adam(1e-2),
    "equal_length": lambda: EqualLengthSGD(0.02),
}

if __name__ == "__main__":
    dataset = tf.data.Dataset.from_tensor_slices(make_plots()).batch(32)
    scores = {}
    for name, factory in CANDIDATES.items():
        scores[name] = run_candidate(factory, dataset)
        print(f"{name:>14s}: {scores[name]:.4f}")
    print("best:", min(scores, key=scores.get))
