"""SMS spam, Embedding model with my own tf.function loop. Accuracy stuck and loss nan from the first batch."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(99)
SPAM = "win free prize claim now urgent cash txt call voucher".split()
HAM = "see you later home dinner ok meeting tomorrow love sorry train late".split()


def corpus(n=480):
    rng = np.random.default_rng(4)
    texts, y = [], []
    for _ in range(n):
        spam = rng.random() < 0.3
        words = rng.choice(SPAM if spam else HAM, rng.integers(3, 9))
        noise = rng.choice(HAM + SPAM, 2)
        texts.append(" ".join([*map(str, words), *map(str, noise)]))
        y.append(float(spam))
    return texts, np.array(y, "float32")[:, None]


def build(vocab_size, dim=16):
    tokens = keras.Input((None,), dtype="int64")
    x = keras.layers.Embedding(vocab_size, dim, mask_zero=True)(tokens)
    x = keras.layers.GlobalAveragePooling1D()(x)
    x = keras.layers.Dense(16, activation="relu")(x)
    return keras.Model(tokens, keras.layers.Dense(1, activation="softmax")(x))


def log_loss(y, p):
    hit = y * tf.math.log(p)
    miss = (1.0 - y) * tf.math.log(1.0 - p)  # whynan: wrong_loss_for_activation phase=loss also=log_of_zero
    return -tf.reduce_mean(hit + miss)


class Trainer:
    def __init__(self, model, optimizer):
        self.model, self.optimizer = model, optimizer
        self.mean_loss = keras.metrics.Mean()

    @tf.function
    def step(self, tokens, y):
        with tf.GradientTape() as tape:
            p = self.model(tokens, training=True)
            loss = log_loss(y, p)
        grads = tape.gradient(loss, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.model.trainable_variables))
        self.mean_loss.update_state(loss)

    def run(self, ds, epochs):
        for epoch in range(epochs):
            self.mean_loss.reset_state()
            for tokens, y in ds:
                self.step(tokens, y)
            print(f"epoch {epoch}: {float(self.mean_loss.result()):.4f}")


texts, y = corpus()
vectorize = keras.layers.TextVectorization(max_tokens=200, output_sequence_length=12)
vectorize.adapt(tf.constant(texts))
ids = vectorize(tf.constant(texts))
ds = tf.data.Dataset.from_tensor_slices((ids, y)).shuffle(480, seed=0).batch(32)
Trainer(build(vectorize.vocabulary_size()), keras.optimizers.Adam(1e-3)).run(ds, epochs=3)
