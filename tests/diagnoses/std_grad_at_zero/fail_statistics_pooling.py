"""Speaker embedding (x-vector like): mean and standard deviation over time."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(88)
rng = np.random.default_rng(88)
SPEAKERS = 5
voice = rng.normal(size=(SPEAKERS, 1, 12))
who = rng.integers(0, SPEAKERS, 180)
mfcc = (voice[who] + rng.normal(size=(180, 25, 12))).astype("float32")
mfcc[21] = 0.0          # dropped packet, filled with zeros


class StatsPooling(layers.Layer):
    def call(self, frames):
        mean = tf.reduce_mean(frames, axis=1)
        std = tf.math.reduce_std(frames, axis=1)  # whynan: std_grad_at_zero phase=gradient rows=21 also=sqrt_grad_at_zero
        return tf.concat([mean, std], axis=-1)


net = keras.Sequential([
    keras.Input((25, 12)),
    layers.Conv1D(16, 3, activation="tanh"),
    StatsPooling(),
    layers.Dense(SPEAKERS, activation="softmax"),
])
net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(mfcc, who, batch_size=30, epochs=2, verbose=2, shuffle=False)
