# Which of four rhetorical moods is a speaker in? Frames of 40 log-mel values,
# one self-attention block, mean pooling. A small bonus on the entropy of the
# attention rows keeps the block from staring at a single frame.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(1863)

FRAMES, MELS, WIDTH, MOODS = 40, 40, 256, 4


def speeches(n):
    rng = np.random.default_rng(19)
    mood = rng.integers(0, MOODS, n)
    tilt = rng.normal(0, 0.4, (MOODS, MELS))
    beat = np.sin(np.arange(FRAMES)[None, :, None] * (0.2 + 0.15 * mood[:, None, None]))
    frames = tilt[mood][:, None, :] + 0.3 * beat + rng.normal(0, 1, (n, FRAMES, MELS))
    frames = (frames - frames.mean((0, 1))) / frames.std((0, 1))
    return frames.astype(np.float32), mood.astype(np.int32)


class FocusBlock(layers.Layer):
    def __init__(self, width, bonus=0.01):
        super().__init__()
        self.bonus = bonus
        self.norm = layers.LayerNormalization()
        self.to_q = layers.Dense(width, use_bias=False, kernel_initializer="he_normal")
        self.to_k = layers.Dense(width, use_bias=False, kernel_initializer="he_normal")
        self.to_v = layers.Dense(width, use_bias=False)

    def call(self, frames):
        h = self.norm(frames)
        scores = tf.matmul(self.to_q(h), self.to_k(h), transpose_b=True)
        att = tf.nn.softmax(scores, axis=-1)
        entropy = -tf.reduce_sum(att * tf.math.log(att), axis=-1)  # whynan: log_of_zero phase=forward|loss also=exp_underflow
        self.add_loss(-self.bonus * tf.reduce_mean(entropy))
        return frames + tf.matmul(att, self.to_v(h))


class MoodNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.embed = layers.Dense(WIDTH)
        self.block = FocusBlock(WIDTH)
        self.pool = layers.GlobalAveragePooling1D()
        self.out = layers.Dense(MOODS)

    def call(self, x):
        return self.out(self.pool(self.block(self.embed(x))))


x, y = speeches(480)
net = MoodNet()
net.compile(
    optimizer=keras.optimizers.Adam(3e-4),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
net.fit(x[:400], y[:400], batch_size=16, epochs=3, verbose=2)
print("held out:", net.evaluate(x[400:], y[400:], verbose=0))
