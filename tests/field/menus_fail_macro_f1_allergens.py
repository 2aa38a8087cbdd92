"""Which of the eight allergens does a dish contain? Multi-label network over the ingredient words of canteen menus.

With binary cross-entropy it trains, but ignores the rare allergens, so I switched to a soft macro F1 as the loss. The
first progress line shows a normal value (about 0.8), the next one nan, and predict() returns nan for every dish.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

ALLERGENS = ["gluten", "milk", "egg", "soy", "celery", "sesame", "lupin", "mollusc"]
WORDS_PER_ALLERGEN = {"gluten": 6, "milk": 5, "egg": 4, "soy": 3, "celery": 3, "sesame": 2, "lupin": 1, "mollusc": 2}
HARMLESS = 18
SETTINGS = {"batch_size": 32, "epochs": 4, "rate": 2e-3, "beta": 1.0, "seed": 31}


def load_menus(dishes=960, seed=31):
    """Binary word matrix and the declared allergens (a few declarations are forgotten)."""
    rng = np.random.default_rng(seed)
    often = {"gluten": 0.11, "milk": 0.09, "egg": 0.06, "soy": 0.05, "celery": 0.05, "sesame": 0.04}
    words, declared = [], []
    for name in ALLERGENS:
        present = rng.random((dishes, WORDS_PER_ALLERGEN[name])) < often.get(name, 0.009)
        words.append(present)
        declared.append(present.any(axis=1) & (rng.random(dishes) > 0.03))
    words.append(rng.random((dishes, HARMLESS)) < 0.2)
    return np.concatenate(words, axis=1).astype("float32"), np.stack(declared, axis=1).astype("float32")


class Confusion:
    """Soft counts per allergen over a batch."""

    def __init__(self, truth, probability):
        self.tp = tf.reduce_sum(truth * probability, axis=0)
        self.fp = tf.reduce_sum((1.0 - truth) * probability, axis=0)
        self.fn = tf.reduce_sum(truth * (1.0 - probability), axis=0)

    @property
    def precision(self):
        return self.tp / (self.tp + self.fp + keras.config.epsilon())

    @property
    def recall(self):
        return self.tp / (self.tp + self.fn + keras.config.epsilon())


def f_score(counts, beta):
    precision, recall = counts.precision, counts.recall
    square = beta**2
    score = (1.0 + square) * precision * recall / (square * precision + recall)  # whynan: where_gradient_trap phase=gradient|loss also=divide_by_zero
    return tf.where(tf.math.is_nan(score), tf.zeros_like(score), score)


class MacroF1(keras.losses.Loss):
    def __init__(self, beta=1.0, name="macro_f1"):
        super().__init__(name=name)
        self.beta = beta

    def call(self, y_true, y_pred):
        per_allergen = f_score(Confusion(y_true, y_pred), self.beta)
        return 1.0 - tf.reduce_mean(per_allergen)


class EveryFewBatches(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch in (0, 10, 20):
            print(f"  batch {batch:2d}: loss {logs['loss']:.4f}")


def build(words):
    dish = keras.Input((words,), name="words")
    h = layers.Dense(48, activation="elu")(dish)
    h = layers.Dropout(0.1)(h)
    return keras.Model(dish, layers.Dense(len(ALLERGENS), activation="sigmoid", name="allergens")(h))


def main():
    keras.utils.set_random_seed(SETTINGS["seed"])
    words, declared = load_menus(seed=SETTINGS["seed"])
    print("share of dishes:", dict(zip(ALLERGENS, declared.mean(axis=0).round(3))))
    model = build(words.shape[1])
    model.compile(keras.optimizers.Adam(SETTINGS["rate"]), loss=MacroF1(SETTINGS["beta"]), metrics=["binary_accuracy"])
    model.fit(
        words,
        declared,
        batch_size=SETTINGS["batch_size"],
        epochs=SETTINGS["epochs"],
        callbacks=[EveryFewBatches()],
        verbose=2,
    )
    print(model.predict(words[:2], verbose=0))


if __name__ == "__main__":
    main()
