"""Route warranty letters to a department with a small Bayesian network on keyword weights.

With an ordinary Dense layer in the same place the model trains. With the variational layer the loss is nan before the
first epoch is over; sometimes it is the second batch, sometimes the tenth, depending on the seed.
"""
import math

import numpy as np
import keras
from keras import layers, ops
from sklearn.feature_extraction.text import TfidfVectorizer

keras.utils.set_random_seed(12)

DEPARTMENTS = {
    "engine": ["engine", "oil", "turbo", "smoke", "piston", "stalls"],
    "electrics": ["battery", "fuse", "display", "headlight", "wiring", "alternator"],
    "body": ["rust", "paint", "door", "scratch", "hinge", "seal"],
    "interior": ["seat", "carpet", "odour", "armrest", "stitching", "rattle"],
}
FILLER = "dear sir the my and again since please with was have week dealer twice still not".split()
VOCABULARY = [word for words in DEPARTMENTS.values() for word in words]

# people who only ask how far things are, as they came out of the mailbox
SHORT_LETTERS = {
    37: "please call me back",
    151: "have not heard from you since last week",
    298: "see attachment",
    402: "when was my letter received",
}


def write_letters(count, rng):
    names = list(DEPARTMENTS)
    letters, labels = [], []
    for i in range(count):
        label = int(rng.integers(len(names)))
        words = list(rng.choice(DEPARTMENTS[names[label]], size=rng.integers(2, 5)))
        if rng.random() < 0.3:
            words.append(str(rng.choice(VOCABULARY)))
        words += list(rng.choice(FILLER, size=rng.integers(4, 10)))
        rng.shuffle(words)
        letters.append(SHORT_LETTERS.get(i, " ".join(words)))
        labels.append(label)
    return letters, np.array(labels)


class VariationalDense(layers.Layer):
    """Gaussian weights; the noise is drawn for the pre-activations, not for the weights."""

    def __init__(self, units, activation=None, prior_std=1.0, kl_weight=1e-3, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)
        self.prior_std = prior_std
        self.kl_weight = kl_weight
        self.noise = keras.random.SeedGenerator(seed)

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.mu = self.add_weight(name="mu", shape=shape, initializer="glorot_uniform")
        self.log_var = self.add_weight(name="log_var", shape=shape, initializer=keras.initializers.Constant(-7.0))
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def divergence(self):
        ratio = (ops.exp(self.log_var) + ops.square(self.mu)) / self.prior_std**2
        return 0.5 * ops.sum(ratio - 1.0 - self.log_var + 2.0 * math.log(self.prior_std))

    def call(self, x, training=None):
        mean = ops.matmul(x, self.mu) + self.bias
        self.add_loss(self.kl_weight * self.divergence())
        if not training:
            return self.activation(mean)
        variance = ops.matmul(ops.square(x), ops.exp(self.log_var))
        draw = keras.random.normal(ops.shape(mean), seed=self.noise)
        return self.activation(mean + ops.sqrt(variance) * draw)  # whynan: sqrt_grad_at_zero phase=gradient rows=37,151,298,402 also=std_grad_at_zero


def build_model(width):
    inputs = keras.Input((width,), name="keywords")
    x = VariationalDense(16, activation="tanh", seed=1, name="evidence")(inputs)
    logits = VariationalDense(len(DEPARTMENTS), seed=2, name="department")(x)
    return keras.Model(inputs, logits)


letters, labels = write_letters(480, np.random.default_rng(12))
vectorizer = TfidfVectorizer(vocabulary=VOCABULARY, sublinear_tf=True)
features = vectorizer.fit_transform(letters).toarray().astype("float32")
print("letters", features.shape, "any nan:", np.isnan(features).any())

model = build_model(features.shape[1])
model.compile(
    optimizer=keras.optimizers.Adam(5e-3, clipnorm=1.0),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(features, labels, validation_split=0.1, batch_size=32, epochs=4, verbose=2)
