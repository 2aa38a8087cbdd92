"""Binary focal loss written from the paper, for a fraud data set."""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(1)
rng = np.random.default_rng(11)
n = 600
df = pd.DataFrame({
    "amount": rng.lognormal(5, 2, n),
    "hour": rng.integers(0, 24, n),
    "n_prev": rng.poisson(3, n),
})
df["fraud"] = (df["amount"] > 800).astype(int)


class BinaryFocal(keras.losses.Loss):
    def __init__(self, gamma=2.0, alpha=0.25, name="binary_focal"):
        super().__init__(name=name)
        self.gamma, self.alpha = gamma, alpha

    def call(self, y_true, y_pred):
        y_true = tf.cast(y_true, tf.float32)
        p = tf.clip_by_value(y_pred, 1e-8, 1.0 - 1e-8)
        pos = -self.alpha * y_true * (1 - p) ** self.gamma * tf.math.log(p)
        neg = -(1 - self.alpha) * (1 - y_true) * p ** self.gamma * tf.math.log(1 - p)  # whynan: clip_misuse phase=loss also=log_of_zero
        return pos + neg


features = df[["amount", "hour", "n_prev"]].to_numpy("float32")
labels = df[["fraud"]].to_numpy("float32")
clf = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
clf.compile(optimizer=keras.optimizers.Adam(1e-3), loss=BinaryFocal())
hist = clf.fit(features, labels, batch_size=50, epochs=3, verbose=0)
print("losses", hist.history["loss"])
