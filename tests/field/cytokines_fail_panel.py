"""Which 8 of 60 cytokines are enough to reconstruct the full multiplex assay?

Concrete autoencoder style feature selection (Balin et al. 2019), annealed from
soft to hard selection during training.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(90)
rng = np.random.default_rng(90)

D, K = 60, 8


def assay(n):
    latent = rng.normal(size=(n, 6))
    loading = rng.normal(scale=0.6, size=(6, D))
    values = latent @ loading + rng.normal(scale=0.35, size=(n, D))
    return ((values - values.mean(0)) / values.std(0)).astype("float32")


class ConcretePanel(layers.Layer):
    def __init__(self, k, start=5.0, rate=0.12, **kw):
        super().__init__(**kw)
        self.k = k
        self.start = start
        self.rate = rate

    def build(self, shape):
        self.logits = self.add_weight(shape=(self.k, shape[-1]), initializer="glorot_normal",
                                      name="logits")
        self.epoch = self.add_weight(shape=(), initializer="zeros", trainable=False, name="epoch")

    def call(self, x, training=None):
        logits = tf.convert_to_tensor(self.logits)
        if training:
            # exponential schedule, about 5 at the beginning and 0.05 at the end
            temperature = self.start * tf.exp(-self.rate * tf.convert_to_tensor(self.epoch))
            u = tf.random.uniform(tf.shape(logits), 1e-5, 1.0 - 1e-5)
            gumbel = -tf.math.log(-tf.math.log(u))
            select = tf.nn.softmax((logits + gumbel) / temperature, axis=-1)  # whynan: exp_underflow phase=forward also=divide_by_zero
            self.epoch.assign_add(1.0)
        else:
            select = tf.one_hot(tf.argmax(logits, axis=-1), tf.shape(logits)[-1])
        return tf.matmul(x, select, transpose_b=True)


X = assay(1000)
x_train, x_val = X[:800], X[800:]

inputs = layers.Input((D,))
panel = ConcretePanel(K, name="panel")
z = panel(inputs)
h = layers.Dense(48, activation="elu")(z)
h = layers.Dense(48, activation="elu")(h)
recon = layers.Dense(D)(h)
model = keras.Model(inputs, recon)
model.compile(optimizer=keras.optimizers.Adam(4e-3), loss="mse")

history = model.fit(x_train, x_train, batch_size=32, epochs=40,
                    validation_data=(x_val, x_val), verbose=2)

chosen = sorted(set(np.argmax(panel.get_weights()[0], axis=1).tolist()))
print("panel:", ["CK%02d" % c for c in chosen])
print("validation mse: %.4f" % history.history["val_loss"][-1])
