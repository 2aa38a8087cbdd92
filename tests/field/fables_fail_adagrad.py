"""Which moral does a fable have? Bag of embeddings, trained with a hand-made Adagrad (exercise 4)."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(2024)

VOCAB, LENGTH, MORALS = 400, 12, 4


def make_corpus(n):
    rng = np.random.default_rng(5)
    moral = rng.integers(0, MORALS, n)
    ids = rng.integers(0, VOCAB, size=(n, LENGTH))
    # some words of each fable come from the vocabulary of its moral
    topical = rng.random((n, LENGTH)) < 0.4
    own = moral[:, None] * 100 + rng.integers(0, 100, size=(n, LENGTH))
    return np.where(topical, own, ids).astype("int32"), moral.astype("int32")


class Adagrad:
    """Duchi et al. 2011, diagonal version."""

    def __init__(self, variables, lr=0.1):
        self.lr = lr
        self.variables = variables
        self.sums = [tf.Variable(tf.zeros(v.shape), trainable=False) for v in variables]

    def apply(self, grads):
        for g, v, s in zip(grads, self.variables, self.sums):
            g = tf.convert_to_tensor(g)
            s.assign_add(tf.square(g))
            v.assign_sub(self.lr * g / tf.sqrt(s))  # whynan: divide_by_zero phase=update


ids, moral = make_corpus(1500)
train = tf.data.Dataset.from_tensor_slices((ids[:1200], moral[:1200])).shuffle(1200, seed=1).batch(32)

model = keras.Sequential([
    keras.Input((LENGTH,), dtype="int32"),
    keras.layers.Embedding(VOCAB, 16),
    keras.layers.GlobalAveragePooling1D(),
    keras.layers.Dense(24, activation="tanh"),
    keras.layers.Dense(MORALS),
])
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
opt = Adagrad(model.trainable_variables, lr=0.05)


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        logits = model(x, training=True)
        loss = cross_entropy(y, logits)
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply(grads)
    return loss


for epoch in range(5):
    mean = keras.metrics.Mean()
    for x, y in train:
        mean.update_state(step(x, y))
    print("epoch", epoch, "loss", float(mean.result()))

guess = np.argmax(model(ids[1200:]).numpy(), axis=1)
print("accuracy on held-out fables:", (guess == moral[1200:]).mean())
