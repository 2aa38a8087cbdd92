# x-vector style speaker id with statistics pooling, train_on_batch loop returns nan from batch 3 on
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(17)
FRAMES, MELS, SPEAKERS, BATCH = 40, 12, 4, 16


@keras.saving.register_keras_serializable(package="xvector")
class StatsPooling(layers.Layer):
    """concat of mean and standard deviation over time"""

    def call(self, frames):
        mean = tf.reduce_mean(frames, axis=1)
        std = tf.math.reduce_std(frames, axis=1)  # whynan: std_grad_at_zero phase=gradient also=sqrt_grad_at_zero
        return tf.concat([mean, std], axis=-1)

    def compute_output_shape(self, shape):
        return (shape[0], 2 * shape[-1])


def load_clips(n=128):
    rng = np.random.default_rng(17)
    speaker = rng.integers(0, SPEAKERS, n)
    clips = rng.normal(size=(n, FRAMES, MELS)) * (0.5 + speaker[:, None, None] * 0.3)
    # energy gate: everything below the threshold is set to digital silence
    gate = np.ones(n)
    gate[[37, 90]] = 0.0
    return (clips * gate[:, None, None]).astype("float32"), speaker


def build():
    x_in = keras.Input((FRAMES, MELS))
    h = layers.Conv1D(24, 5, use_bias=False, activation="tanh", padding="same")(x_in)
    h = layers.Conv1D(24, 3, use_bias=False, activation="tanh", padding="same")(h)
    h = StatsPooling()(h)
    h = layers.Dense(16, activation="tanh")(h)
    return keras.Model(x_in, layers.Dense(SPEAKERS)(h))


clips, speaker = load_clips()
net = build()
net.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
)

for epoch in range(3):
    running = []
    for start in range(0, len(clips), BATCH):
        sl = slice(start, start + BATCH)
        running.append(float(net.train_on_batch(clips[sl], speaker[sl])))
    print("epoch", epoch, "losses", np.round(running, 4))
