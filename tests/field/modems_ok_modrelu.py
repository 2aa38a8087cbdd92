# Automatic modulation classification with a complex valued network (modReLU), IQ bursts of 128 samples.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(433)
N, LENGTH, SPS = 1200, 128, 8

POINTS = {
    "bpsk": np.array([1, -1], complex),
    "qpsk": np.exp(1j * np.pi * (np.arange(4) / 2 + 0.25)),
    "8psk": np.exp(1j * np.pi * np.arange(8) / 4),
    "16qam": np.array([a + 1j * b for a in (-3, -1, 1, 3) for b in (-3, -1, 1, 3)]) / np.sqrt(10),
}


def capture(rng):
    """one receiver session; where the squelch closes the sound card delivers zeros"""
    names = list(POINTS)
    label = rng.integers(0, len(names), N)
    pulse = np.hanning(SPS + 1)
    iq = np.zeros((N, LENGTH), complex)
    for i, c in enumerate(label):
        symbols = rng.choice(POINTS[names[c]], LENGTH // SPS)
        train = np.zeros(LENGTH, complex)
        train[::SPS] = symbols
        burst = np.convolve(train, pulse, mode="same") * np.exp(1j * rng.uniform(0, 2 * np.pi))
        burst = burst * np.exp(2j * np.pi * rng.normal(0, 5e-4) * np.arange(LENGTH))
        iq[i] = burst + (rng.normal(0, 0.08, LENGTH) + 1j * rng.normal(0, 0.08, LENGTH))
    for i, start in ((91, 0), (340, 62), (612, 80)):
        iq[i, start:start + 48] = 0
    iq /= np.sqrt(np.mean(np.abs(iq) ** 2, axis=1, keepdims=True))
    return np.stack([iq.real, iq.imag], axis=-1).astype("float32"), label


class ComplexConv(layers.Layer):
    def __init__(self, c_in, c_out, width, stride, **kw):
        super().__init__(**kw)
        self.stride = stride
        self.a, self.b = [
            self.add_weight(shape=(width, c_in, c_out), name=part,
                            initializer=keras.initializers.RandomNormal(stddev=(2 * c_in * width) ** -0.5))
            for part in ("a", "b")
        ]

    def call(self, z):
        re, im = z
        conv = lambda x, w: tf.nn.conv1d(x, tf.convert_to_tensor(w), self.stride, "SAME")
        return conv(re, self.a) - conv(im, self.b), conv(re, self.b) + conv(im, self.a)


class ModReLU(layers.Layer):
    """keeps the phase, shrinks the modulus (Arjovsky, Shah, Bengio 2016)"""

    def __init__(self, channels, **kw):
        super().__init__(**kw)
        self.offset = self.add_weight(shape=(channels,), initializer="zeros", name="offset")

    def call(self, z):
        re, im = z
        modulus = tf.sqrt(tf.square(re) + tf.square(im))  # whynan: healthy
        gain = tf.nn.relu(modulus + self.offset) / (modulus + 1e-5)
        return re * gain, im * gain


class ModulationNet(keras.Model):
    def __init__(self, n_classes):
        super().__init__()
        self.conv1, self.act1 = ComplexConv(1, 12, 7, 1), ModReLU(12)
        self.conv2, self.act2 = ComplexConv(12, 24, 5, 2), ModReLU(24)
        self.hidden = layers.Dense(48, activation="swish")
        self.out = layers.Dense(n_classes)

    def call(self, x):
        z = (x[..., :1], x[..., 1:])
        z = self.act1(self.conv1(z))
        re, im = self.act2(self.conv2(z))
        energy = tf.square(re) + tf.square(im)
        mean, var = tf.nn.moments(energy, axes=1)
        return self.out(self.hidden(tf.concat([tf.math.log1p(mean), tf.math.log1p(var)], axis=-1)))


x, label = capture(np.random.default_rng(433))
x_train, y_train = x[:1000], label[:1000]
x_val, y_val = x[1000:], label[1000:]

net = ModulationNet(len(POINTS))
net.compile(optimizer=keras.optimizers.Adam(2e-3),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
net.fit(x_train, y_train, batch_size=50, epochs=6, validation_data=(x_val, y_val), verbose=2)
