"""Victorian or modern?  Bag of words from gravestone inscriptions.

Adagrad written out from the 2011 paper, to see what it does compared to the built-in one.
"""
import numpy as np
import keras
from keras import ops

keras.utils.set_random_seed(1837)

VOCAB = 400
N = 1200


class PaperAdagrad(keras.optimizers.Optimizer):
    def __init__(self, learning_rate=0.05, name="paper_adagrad", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self._sums = self.add_optimizer_variables(variables, "sum_of_squares")

    def update_step(self, gradient, variable, learning_rate):
        lr = ops.cast(learning_rate, variable.dtype)
        g = ops.cast(gradient, variable.dtype)
        acc = self._sums[self._get_variable_index(variable)]
        self.assign_add(acc, ops.square(g))
        self.assign_sub(variable, lr * g / ops.sqrt(acc))  # whynan: divide_by_zero phase=update


def inscriptions():
    rng = np.random.default_rng(66)
    freq = 1.0 / (np.arange(VOCAB) + 2.0)
    tilt = np.exp(rng.normal(0, 0.8, VOCAB))
    p_old = freq * tilt
    p_new = freq / tilt
    p_old /= p_old.sum()
    p_new /= p_new.sum()
    label = rng.integers(0, 2, N)
    bag = np.zeros((N, VOCAB), dtype="float32")
    for i in range(N):
        words = rng.choice(VOCAB, size=rng.integers(6, 16), p=p_old if label[i] else p_new)
        bag[i, words] = 1.0
    return bag, label.astype("float32")[:, None]


bag, label = inscriptions()
print("words per stone:", bag.sum(1).mean())

model = keras.Sequential([
    keras.layers.Input((VOCAB,)),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=PaperAdagrad(learning_rate=0.05),
              loss="binary_crossentropy", metrics=["accuracy"])

model.fit(bag[:1000], label[:1000], batch_size=32, epochs=5,
          validation_data=(bag[1000:], label[1000:]), verbose=2)
