# whynan: healthy
"""Binary focal loss with a bound that float32 can represent."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)
X = np.c_[rng.lognormal(5, 2, 600), rng.integers(0, 24, 600), rng.poisson(3, 600)].astype("float32")
y = (X[:, :1] > 800).astype("float32")


def binary_focal(y_true, y_pred, gamma=2.0):
    p = tf.clip_by_value(y_pred, 1e-7, 1.0 - 1e-7)
    pos = -y_true * (1 - p) ** gamma * tf.math.log(p)
    neg = -(1 - y_true) * p ** gamma * tf.math.log(1 - p)
    return pos + neg


clf = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
clf.compile(optimizer=keras.optimizers.Adam(1e-3), loss=binary_focal)
print(clf.fit(X, y, batch_size=50, epochs=3, verbose=0).history)
