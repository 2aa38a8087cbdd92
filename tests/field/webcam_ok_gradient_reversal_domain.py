# DANN: two heads, one sees reversed gradients. The domain loss is *supposed* to go up / stay at ln 2.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(55)


@tf.custom_gradient
def flip(x, strength):
    def grad(dy):
        return -strength * dy, None
    return tf.identity(x), grad


class GradientReversal(layers.Layer):
    def build(self, shape):
        self.strength = self.add_weight(shape=(), initializer="zeros", trainable=False, name="strength")

    def call(self, x):
        return flip(x, tf.convert_to_tensor(self.strength))


class RampUp(keras.callbacks.Callback):
    def __init__(self, layer, epochs):
        super().__init__()
        self.layer, self.epochs = layer, epochs

    def on_epoch_begin(self, epoch, logs=None):
        p = epoch / self.epochs
        self.layer.strength.assign(0.3 * (2.0 / (1.0 + np.exp(-10.0 * p)) - 1.0))       # exactly 0 in the first epoch


def office(n, shift, rng):
    y = rng.integers(0, 3, n)
    centers = np.array([[0, 2], [2, 0], [-2, -2]], "float32")
    return (centers[y] + shift + 0.5 * rng.normal(size=(n, 2))).astype("float32"), y


rng = np.random.default_rng(55)
xs, ys = office(240, np.array([0.0, 0.0]), rng)
xt, _ = office(240, np.array([0.8, -0.6]), rng)
x = np.concatenate([xs, xt])
label = np.concatenate([ys, np.zeros(240, int)])
label_weight = np.r_[np.ones(240), np.zeros(240)].astype("float32")             # target labels unknown
domain = np.r_[np.zeros(240), np.ones(240)].astype("float32")[:, None]
order = rng.permutation(480)

inp = keras.Input((2,))
feat = layers.Dense(24, activation="tanh")(inp)
reversal = GradientReversal()
cls = layers.Dense(3, name="cls")(feat)
dom = layers.Dense(16, activation="relu")(reversal(feat))
dom = layers.Dense(1, name="dom")(dom)
dann = keras.Model(inp, [cls, dom])
dann.compile(
    optimizer=keras.optimizers.SGD(0.03, momentum=0.8),
    loss=[keras.losses.SparseCategoricalCrossentropy(from_logits=True), keras.losses.BinaryCrossentropy(from_logits=True)],
)
dann.fit(x[order], [label[order], domain[order]],
         sample_weight=[label_weight[order], np.ones(480, "float32")],
         batch_size=48, epochs=12, verbose=2, callbacks=[RampUp(reversal, 12)])
pred = np.argmax(dann.predict(xt, verbose=0)[0], axis=1)
print("target classes found", np.bincount(pred, minlength=3))
# whynan: healthy
