"""Monthly instalments of consumer loans: a network corrects the list rate, the annuity formula does the rest.

The very first batches are fine and the loss is small, then it turns to nan in the first epoch. A smaller
learning rate, a gradient clip and another start of the last layer made no difference. I had checked the
annuity formula with a rate of zero by hand before: it returns amount / months, as it should.
"""
import dataclasses

import keras
import numpy as np
import tensorflow as tf


@dataclasses.dataclass
class Plan:
    contracts: int = 1100
    epochs: int = 6
    batch: int = 32
    rate: float = 1.5e-3
    warmup_epochs: int = 3
    seed: int = 23
    features: list = dataclasses.field(
        default_factory=lambda: ["age", "income", "utilisation", "score", "dealer_volume"])


class ContractBook:
    """Synthetic loan book of a furniture house; a few contracts come from the '0 % for everybody' week."""

    campaign = np.array([57, 198, 311, 402, 777])

    def __init__(self, plan):
        rng = np.random.default_rng(plan.seed)
        n = plan.contracts
        age = rng.integers(19, 78, n)
        income = rng.lognormal(7.8, 0.4, n)
        limit = rng.choice([0.0, 1000.0, 2500.0, 5000.0], n)
        drawn = limit * rng.beta(2, 3, n)
        utilisation = np.divide(drawn, limit, out=np.zeros(n), where=limit > 0)
        score = rng.normal(550, 60, n)
        dealer = rng.poisson(40, n)
        raw = np.stack([age, np.log(income), utilisation, score, dealer], axis=1)
        self.features = ((raw - raw.mean(axis=0)) / raw.std(axis=0)).astype("float32")

        amount = np.round(rng.uniform(400, 9000, n), -1)
        months = rng.choice([6, 12, 24, 36, 48, 60], n).astype("float64")
        list_rate = rng.choice([0.0039, 0.0049, 0.0059, 0.0079], n)
        list_rate[self.campaign] = 0.0
        self.terms = np.stack([amount, months, list_rate], axis=1).astype("float32")
        actual = list_rate * (1.0 + 0.35 * np.tanh(utilisation - (score - 550) / 80.0))
        safe = np.where(actual > 0, actual, 1.0)
        paid = np.where(actual > 0, amount * safe / (1 - (1 + safe) ** -months), amount / months)
        self.paid = np.round(paid * rng.lognormal(0.0, 0.002, n), 2)[:, None].astype("float32")


class RateCorrection(keras.layers.Layer):
    """Starts at the list rate exactly, may move it by at most sixty per cent."""

    def __init__(self, width=0.6, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.lean = keras.layers.Dense(1, activation="softsign", kernel_initializer="zeros")

    def build(self, hidden_shape):
        self.lean.build(hidden_shape)

    def call(self, hidden, list_rate):
        return list_rate * (1.0 + self.width * self.lean(hidden))


class Annuity(keras.layers.Layer):
    """Level instalment of a loan; without interest it is simply amount / months."""

    def call(self, amount, months, rate):
        plain = amount / months
        discount = tf.pow(1.0 + rate, -months)
        return tf.where(rate < 1e-6, plain, amount * rate / (1.0 - discount))  # whynan: where_gradient_trap phase=gradient rows=57,198,311,402,777 also=divide_by_zero


class RelativeError(keras.losses.Loss):
    """Squared difference of logarithms: five per cent too much is as bad for a sofa as for a kitchen."""

    def call(self, y_true, y_pred):
        logs = [tf.math.log(tf.maximum(v, 1.0)) for v in (y_true, y_pred)]
        return 100.0 * tf.reduce_mean(tf.square(logs[0] - logs[1]), axis=-1)


def within_one_euro(y_true, y_pred):
    return tf.reduce_mean(tf.cast(tf.abs(y_true - y_pred) <= 1.0, tf.float32), axis=-1)


class WarmUp(keras.callbacks.Callback):
    def __init__(self, peak, epochs):
        super().__init__()
        self.peak, self.epochs = peak, epochs

    def on_epoch_begin(self, epoch, logs=None):
        self.model.optimizer.learning_rate = self.peak * min(1.0, (epoch + 1) / self.epochs)


class LargestStep(keras.callbacks.Callback):
    """Prints how far the weights have moved since the epoch before."""

    def on_epoch_begin(self, epoch, logs=None):
        self.before = [np.array(w) for w in self.model.get_weights()]

    def on_epoch_end(self, epoch, logs=None):
        moved = [np.abs(a - b).max() / (np.abs(b).max() + 1e-6)
                 for a, b in zip(self.model.get_weights(), self.before)]
        print(f"largest relative move {max(moved):.3f}")


def build_model(plan):
    person = keras.Input((len(plan.features),), name="person")
    terms = keras.Input((3,), name="terms")
    hidden = keras.layers.Dense(32, activation="relu")(person)
    hidden = keras.layers.Dense(16, activation="relu")(hidden)
    rate = RateCorrection(name="rate")(hidden, terms[:, 2:3])
    instalment = Annuity(name="instalment")(terms[:, 0:1], terms[:, 1:2], rate)
    return keras.Model([person, terms], instalment)


def main():
    plan = Plan()
    keras.utils.set_random_seed(plan.seed)
    book = ContractBook(plan)
    model = build_model(plan)
    model.compile(optimizer=keras.optimizers.Adam(plan.rate, clipnorm=1.0),
                  loss=RelativeError(), metrics=[within_one_euro])
    model.fit([book.features, book.terms], book.paid, validation_split=0.15,
              epochs=plan.epochs, batch_size=plan.batch, verbose=2,
              callbacks=[WarmUp(plan.rate, plan.warmup_epochs), LargestStep()])


if __name__ == "__main__":
    main()
