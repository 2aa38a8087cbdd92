"""Digits, but as ten yes/no detectors (one sigmoid per digit), exercise on imbalanced problems: every digit is there in
only 10 % of the images, so the "yes" part of the cross-entropy counts nine times. I clip the probabilities before the log
like everybody does. The loss is inf or nan after few batches, with binary_crossentropy from Keras it works.
"""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(1)

digits = load_digits()
images = digits.data.astype("float32") * 16  # 0 to 255, as in MNIST
one_hot = np.eye(10, dtype="float32")[digits.target]
x_train, x_test, y_train, y_test = train_test_split(images, one_hot, test_size=0.2, random_state=1)
print(x_train.shape, y_train.shape, "share of yes:", y_train.mean())

EPS = 1e-8
YES_WEIGHT = 9.0


def weighted_bce(y_true, y_pred):
    p = tf.clip_by_value(y_pred, EPS, 1 - EPS)
    yes = YES_WEIGHT * y_true * tf.math.log(p)
    no = (1 - y_true) * tf.math.log(1 - p)  # whynan: clip_misuse phase=loss also=log_of_zero,unscaled_input
    return -tf.reduce_mean(yes + no, axis=-1)


model = keras.Sequential()
model.add(keras.layers.Input((64,)))
model.add(keras.layers.Dense(64, activation="relu"))
model.add(keras.layers.Dense(10, activation="sigmoid"))
model.compile(optimizer="adam", loss=weighted_bce, metrics=["categorical_accuracy"])

model.fit(x_train, y_train, batch_size=32, epochs=8, validation_data=(x_test, y_test), verbose=2)

answers = model.predict(x_test, verbose=0)
for digit in range(10):
    found = answers[:, digit] > 0.5
    true = y_test[:, digit] > 0.5
    print("digit", digit, "found", int((found & true).sum()), "of", int(true.sum()), "false alarms", int((found & ~true).sum()))
