import numpy as np
import tensorflow as tf
import keras
from keras import layers


class GeneralizedMean(layers.Layer):
    def build(self, input_shape):
        self.p = self.add_weight(name="p", shape=(), initializer=keras.initializers.Constant(3.0), trainable=True)

    def call(self, x):
        return tf.reduce_mean(tf.pow(x, self.p), axis=1)  # whynan: pow_domain phase=forward


keras.utils.set_random_seed(52)
rng = np.random.default_rng(52)
ecg = rng.normal(size=(200, 30, 2)).astype("float32")
arrhythmia = rng.integers(0, 2, 200)
ecg[arrhythmia == 1] *= 1.4

clf = keras.Sequential([
    keras.Input((30, 2)),
    layers.Conv1D(8, 5, activation="tanh"),
    GeneralizedMean(),
    layers.Dense(1, activation="sigmoid"),
])
clf.compile(optimizer="adam", loss="binary_crossentropy")
for i in range(4):
    print("batch", i, clf.train_on_batch(ecg[i * 50:(i + 1) * 50], arrhythmia[i * 50:(i + 1) * 50, None].astype("float32")))
print("p =", clf.layers[1].p.numpy())
