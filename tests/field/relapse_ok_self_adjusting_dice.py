"""Tumour classification with the self-adjusting Dice loss, ported from an NLP repository.

On the table as it comes the loss was nan for ever after one batch: a softmax that is exactly 1 has no
derivative of its power. On the standardised table no output gets there.
"""
import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(5)


class SelfAdjustingDice(keras.losses.Loss):
    """Dice per sample; easy samples are pushed down by (1 - p) ** alpha."""

    def __init__(self, alpha=0.1, smooth=1e-6, name="self_adjusting_dice"):
        super().__init__(name=name)
        self.alpha, self.smooth = alpha, smooth

    def call(self, y_true, y_pred):
        y_true = ops.cast(y_true, y_pred.dtype)
        decay = ops.power(1.0 - y_pred, self.alpha)  # whynan: healthy
        hit = ops.sum(decay * y_pred * y_true, axis=-1) + self.smooth
        total = ops.sum(decay * y_pred + y_true, axis=-1) + self.smooth
        return 1.0 - 2.0 * hit / total


def tumour_table():
    bunch = load_breast_cancer(as_frame=True)
    frame = bunch.frame.dropna()
    target = keras.utils.to_categorical(frame.pop("target"), 2)
    frame = (frame - frame.mean()) / frame.std()
    return train_test_split(frame.to_numpy("float32"), target, test_size=0.25, random_state=5)


def classifier(width):
    model = keras.Sequential(name="tumours")
    model.add(keras.Input((width,)))
    for units in (32, 16):
        model.add(layers.Dense(units, activation="relu"))
    model.add(layers.Dense(2, activation="softmax"))
    return model


if __name__ == "__main__":
    x_train, x_test, y_train, y_test = tumour_table()
    model = classifier(x_train.shape[1])
    model.compile(optimizer="rmsprop", loss=SelfAdjustingDice(alpha=0.1), metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=32, epochs=4, validation_data=(x_test, y_test), verbose=2)
