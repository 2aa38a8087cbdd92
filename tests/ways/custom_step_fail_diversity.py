"""Keep the features of a batch spread out by rewarding their standard deviation."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(9)


class SpreadFeatures(layers.Layer):
    def __init__(self, weight=0.01, **kwargs):
        super().__init__(**kwargs)
        self.weight = weight

    def call(self, h):
        spread = tf.math.reduce_std(h, axis=0)  # whynan: std_grad_at_zero phase=gradient also=sqrt_grad_at_zero
        self.add_loss(-self.weight * tf.reduce_mean(spread))
        return h


def make_model(n):
    a = keras.Input((n,))
    h = layers.Dense(64, activation="relu")(a)
    h = layers.Dense(64, activation="relu")(h)
    h = SpreadFeatures()(h)
    return keras.Model(a, layers.Dense(1)(h))


x = np.abs(np.random.normal(size=(200, 3))).astype("float32")
y = x.sum(axis=1, keepdims=True)
model = make_model(3)
model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mae")
model.fit(x, y, batch_size=8, epochs=2, verbose=2)
print({w.path: bool(np.isnan(w.numpy()).any()) for w in model.weights})
