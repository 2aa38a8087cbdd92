# Thistle species from leaf and flower measurements. The labels come from volunteers and many are wrong,
# so we train with the generalised cross entropy of Zhang & Sabuncu and slowly move towards plain cross entropy.
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(404)
rng = np.random.default_rng(404)

SPECIES = ["creeping", "spear", "musk", "carline"]
FEATURES = ["leaf_len", "leaf_width", "spines_per_cm", "head_diam", "stem_height"]


def survey(n=1600, wrong=0.2):
    centres = np.array([[12, 3, 2, 1.5, 80], [20, 6, 4, 3.5, 110], [25, 8, 3, 5.0, 95], [9, 2.5, 6, 3.0, 30]])
    spread = np.array([3.0, 1.0, 0.8, 0.6, 15.0])
    true = rng.integers(0, 4, n)
    x = centres[true] + rng.normal(size=(n, 5)) * spread
    seen = np.where(rng.random(n) < wrong, rng.integers(0, 4, n), true)
    df = pd.DataFrame(x, columns=FEATURES)
    df["label"] = seen
    df["expert"] = true
    return df


class GeneralisedCE(keras.losses.Loss):
    """(1 - p_y^q) / q : q=1 is the mean absolute error, small q is cross entropy."""

    def __init__(self, q):
        super().__init__(name="gce")
        self.q = q

    def call(self, y_true, y_pred):
        p = tf.reduce_sum(y_true * y_pred, axis=-1)
        return (1.0 - tf.pow(p, self.q)) / self.q  # whynan: divide_by_zero phase=loss


class Relax(keras.callbacks.Callback):
    def __init__(self, q, start, epochs):
        super().__init__()
        self.q, self.start, self.epochs = q, start, epochs

    def on_epoch_begin(self, epoch, logs=None):
        progress = min(epoch / self.epochs, 1.0)
        self.q.assign(self.start * (1.0 - progress))

    def on_epoch_end(self, epoch, logs=None):
        logs["q"] = float(self.q)


df = survey()
x = StandardScaler().fit_transform(df[FEATURES]).astype("float32")
y = keras.utils.to_categorical(df["label"], 4)

q = tf.Variable(0.7, trainable=False, dtype=tf.float32)
net = keras.Sequential(
    [
        keras.Input((len(FEATURES),)),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(len(SPECIES), activation="softmax"),
    ]
)
net.compile(keras.optimizers.Adam(3e-3), loss=GeneralisedCE(q), metrics=["accuracy"])
net.fit(x, y, epochs=10, batch_size=32, callbacks=[Relax(q, 0.7, 6)], verbose=2)

guess = net.predict(x, verbose=0).argmax(1)
print("agreement with the expert:", (guess == df["expert"].to_numpy()).mean())
