"""SN-GAN on 8x8 digits after a GitHub implementation, spectral normalisation written by me.

d_loss and g_loss are both nan from step 0. I start the last layer of the discriminator at zero so
that it begins undecided (0.5 for everything), without the spectral layers that works very well.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops
from sklearn.datasets import load_digits

keras.utils.set_random_seed(0)
NOISE = 16


def unit(x, eps=1e-12):
    return x / (ops.sqrt(ops.sum(ops.square(x))) + eps)


class SpectralDense(layers.Layer):
    """Dense layer whose kernel is divided by its largest singular value (one power iteration)."""

    def __init__(self, units, kernel_initializer="glorot_uniform", **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.kernel_initializer = kernel_initializer

    def build(self, input_shape):
        self.w = self.add_weight(
            shape=(input_shape[-1], self.units), initializer=self.kernel_initializer, name="w"
        )
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="b")
        self.u = self.add_weight(
            shape=(1, self.units), initializer="random_normal", trainable=False, name="u"
        )

    def call(self, x):
        v = ops.stop_gradient(unit(ops.matmul(self.u, ops.transpose(self.w))))
        u = ops.stop_gradient(unit(ops.matmul(v, self.w)))
        sigma = ops.sum(ops.matmul(v, self.w) * u)
        self.u.assign(u)
        w_bar = self.w / sigma  # whynan: divide_by_zero phase=forward also=bad_initialization,zero_variance_normalisation
        return ops.matmul(x, w_bar) + self.b


def make_discriminator():
    return keras.Sequential(
        [
            keras.Input((64,)),
            SpectralDense(96),
            layers.LeakyReLU(negative_slope=0.1),
            SpectralDense(48),
            layers.LeakyReLU(negative_slope=0.1),
            SpectralDense(1, kernel_initializer="zeros"),
        ],
        name="discriminator",
    )


def make_generator():
    return keras.Sequential(
        [
            keras.Input((NOISE,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(128, activation="relu"),
            layers.Dense(64, activation="tanh"),
        ],
        name="generator",
    )


D, G = make_discriminator(), make_generator()
bce = keras.losses.BinaryCrossentropy(from_logits=True)
d_opt = keras.optimizers.Adam(2e-4, beta_1=0.5)
g_opt = keras.optimizers.Adam(2e-4, beta_1=0.5)
d_opt.build(D.trainable_variables)
g_opt.build(G.trainable_variables)


@tf.function
def gan_step(real):
    z = tf.random.normal((tf.shape(real)[0], NOISE))
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        fake = G(z, training=True)
        real_logit = D(real, training=True)
        fake_logit = D(fake, training=True)
        d_loss = bce(tf.ones_like(real_logit), real_logit) + bce(tf.zeros_like(fake_logit), fake_logit)
        g_loss = bce(tf.ones_like(fake_logit), fake_logit)
    d_opt.apply_gradients(zip(d_tape.gradient(d_loss, D.trainable_variables), D.trainable_variables))
    g_opt.apply_gradients(zip(g_tape.gradient(g_loss, G.trainable_variables), G.trainable_variables))
    return d_loss, g_loss


digits = (load_digits().data / 8.0 - 1.0).astype("float32")
stream = tf.data.Dataset.from_tensor_slices(digits).shuffle(2000, seed=0).repeat().batch(64)

for step, batch in enumerate(stream.take(80)):
    d_loss, g_loss = gan_step(batch)
    if step % 20 == 0:
        print(f"step {step:3d}  d_loss {float(d_loss):.4f}  g_loss {float(g_loss):.4f}")

print("sample pixel range:", float(tf.reduce_min(G(tf.random.normal((4, NOISE))))))
