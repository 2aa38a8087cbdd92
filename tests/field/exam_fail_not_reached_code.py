"""Two-parameter logistic IRT model for a reading test, joint maximum likelihood.

One optimizer for the abilities of the pupils, one for the parameters of the items. The fit begins well, but the
log-likelihood loss drops below zero after some epochs (a likelihood of 0/1 answers should not), then -inf and nan.
"""
import io

import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(41)


def write_test_file(pupils=300, items=20, seed=2):
    """The delivery of the testing agency: one line per pupil, one digit per item."""
    rng = np.random.default_rng(seed)
    theta = rng.standard_normal(pupils)
    b = np.linspace(-1.6, 1.4, items)
    a = rng.lognormal(0.1, 0.25, items)
    p = 1 / (1 + np.exp(-a * (theta[:, None] - b)))
    answers = (rng.random((pupils, items)) < p).astype(int)
    reached = np.where(rng.random(pupils) < 0.35, rng.integers(items - 6, items, pupils), items)
    answers[np.arange(items)[None, :] >= reached[:, None]] = 9     # ran out of time
    lines = [f"{1000 + n};{rng.integers(1, 9)};" + "".join(map(str, row)) for n, row in enumerate(answers)]
    return "pupil;school;answers\n" + "\n".join(lines)


def read_test_file(text):
    table = pd.read_csv(io.StringIO(text), sep=";", dtype={"answers": str})
    matrix = np.array([[int(ch) for ch in row] for row in table["answers"]], dtype="float32")
    return table, matrix


class ItemBank(keras.layers.Layer):
    def __init__(self, n_items):
        super().__init__(name="item_bank")
        self.discrimination = self.add_weight(shape=(n_items,), initializer="ones", name="a")
        self.difficulty = self.add_weight(shape=(n_items,), initializer="zeros", name="b")

    def call(self, theta):
        return tf.sigmoid(self.discrimination * (theta - self.difficulty))


class TwoParameterLogistic(keras.Model):
    def __init__(self, n_pupils, n_items):
        super().__init__()
        self.ability = keras.layers.Embedding(n_pupils, 1, embeddings_initializer="zeros")
        self.item_bank = ItemBank(n_items)

    def compile(self, pupil_optimizer, item_optimizer):
        super().compile()
        self.pupil_optimizer = pupil_optimizer
        self.item_optimizer = item_optimizer

    def call(self, pupil):
        return self.item_bank(self.ability(pupil))

    @staticmethod
    def negative_log_likelihood(answer, p):
        cell = answer * tf.math.log(p) + (1.0 - answer) * tf.math.log(1.0 - p)  # whynan: label_not_in_unit_interval phase=loss|data also=label_out_of_range,log_of_zero
        return -tf.reduce_mean(tf.reduce_sum(cell, axis=1))

    def train_step(self, data):
        pupil, answer = data
        with tf.GradientTape() as tape:
            theta = self.ability(pupil)
            nll = self.negative_log_likelihood(answer, self.item_bank(theta))
            # weak normal prior keeps the scale identified
            prior = 1e-3 * tf.reduce_sum(tf.square(theta))
            loss = nll + prior
        pupil_vars = self.ability.trainable_variables
        item_vars = self.item_bank.trainable_variables
        grads = tape.gradient(loss, pupil_vars + item_vars)
        self.pupil_optimizer.apply_gradients(zip(grads[:len(pupil_vars)], pupil_vars))
        self.item_optimizer.apply_gradients(zip(grads[len(pupil_vars):], item_vars))
        return {"loss": loss, "nll": nll}


def main():
    table, answers = read_test_file(write_test_file())
    print(len(table), "pupils,", answers.shape[1], "items, mean of school 1:",
          answers[table["school"].to_numpy() == 1].mean().round(3))
    model = TwoParameterLogistic(len(table), answers.shape[1])
    model.compile(pupil_optimizer=keras.optimizers.Adam(0.05), item_optimizer=keras.optimizers.Adam(0.05))
    model.fit(np.arange(len(table)), answers, batch_size=100, epochs=70, verbose=2)
    print(np.round(model.item_bank.difficulty.numpy(), 2))


main()
