# Bird call classifier with a learnable analysis window. With a fixed window (trainable=False) training
# is ok, with the learnable one the window itself becomes nan in the first epoch.
import numpy as np
import keras
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(37)
SR, FRAME, HOP = 1600, 64, 32


class Clip:
    def __init__(self, wave, species):
        self.wave, self.species = wave, species

    def padded(self, n):
        return np.pad(self.wave, (0, n - len(self.wave)))


def field_recordings(n=96, length=800):
    rng = np.random.default_rng(37)
    clips = []
    for i in range(n):
        species = int(rng.integers(0, 3))
        m = 300 if i in (11, 45) else length        # two recordings were cut off
        t = np.arange(m) / SR
        wave = 0.4 * np.sin(2 * np.pi * (150 + 120 * species) * t) + rng.normal(0, 0.1, m)
        clips.append(Clip(wave, species))
    x = np.stack([c.padded(length) for c in clips]).astype("float32")
    return x, np.array([c.species for c in clips], "int32")


def magnitude(z):
    re, im = tf.math.real(z), tf.math.imag(z)
    return tf.sqrt(tf.square(re) + tf.square(im))  # whynan: sqrt_grad_at_zero phase=gradient rows=11,45 also=norm_grad_at_zero


class LearnableSpectrogram(layers.Layer):
    def build(self, shape):
        hann = np.hanning(FRAME + 2)[1:-1].astype("float32")
        self.window = self.add_weight(shape=(FRAME,), initializer=keras.initializers.Constant(hann), name="window")

    def call(self, wave):
        frames = tf.signal.frame(wave, FRAME, HOP)
        spec = tf.signal.rfft(frames * tf.convert_to_tensor(self.window))
        return tf.math.log1p(magnitude(spec))


class BirdNet(keras.Model):
    def __init__(self, species):
        super().__init__()
        self.front = LearnableSpectrogram()
        self.pool = layers.GlobalAveragePooling1D()
        self.hidden = layers.Dense(32, activation="gelu")
        self.head = layers.Dense(species)

    def call(self, wave, training=False):
        return self.head(self.hidden(self.pool(self.front(wave))))


x, y = field_recordings()
net = BirdNet(3)
net.compile(keras.optimizers.Adam(1e-3), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
net.fit(x, y, batch_size=16, epochs=4, verbose=2)
