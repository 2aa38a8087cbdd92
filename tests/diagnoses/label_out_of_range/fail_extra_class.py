# letters a..j, labelled by hand
import keras
import numpy as np
import tensorflow as tf

tf.random.set_seed(12)
np.random.seed(12)
NUM_CLASSES = 10

centres = np.random.normal(size=(NUM_CLASSES, 14)) * 1.5
letters = np.random.randint(0, NUM_CLASSES, 330)
strokes = (centres[letters] + np.random.normal(size=(330, 14))).astype("float32")
letters[[64, 209]] = 10  # "unreadable"


def nll(y_true, probs):
    onehot = tf.one_hot(tf.cast(tf.reshape(y_true, [-1]), tf.int32), NUM_CLASSES)
    picked = tf.reduce_sum(onehot * probs, axis=-1)
    return -tf.math.log(picked)  # whynan: label_out_of_range phase=loss rows=64,209 also=log_of_zero


classifier = keras.Sequential([
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(NUM_CLASSES, activation="softmax"),
])
classifier.compile(optimizer="adam", loss=nll)
classifier.fit(strokes, letters, epochs=3, batch_size=33, verbose=2)
