"""Phase consistency loss for a small speech enhancer."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(4)
rng = np.random.default_rng(4)
t = np.arange(256) / 256
clean = np.sin(2 * np.pi * rng.uniform(5, 40, (96, 1)) * t).astype("float32")
clean[:, 160:] = 0.0         # speech stops, silence follows
noisy = clean + (clean != 0) * 0.1 * rng.normal(size=clean.shape).astype("float32")


def phase(x):
    spec = tf.signal.stft(x, frame_length=64, frame_step=32)
    return tf.math.angle(spec)  # whynan: atan2_grad_at_origin phase=gradient


def enhancement_loss(y_true, y_pred):
    mse = tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)
    dphi = tf.reduce_mean(1.0 - tf.cos(phase(y_true) - phase(y_pred)), axis=[1, 2])
    return mse + 0.1 * dphi


inp = keras.Input((256,))
h = keras.layers.Reshape((256, 1))(inp)
h = keras.layers.Conv1D(8, 9, padding="same", use_bias=False, activation="tanh")(h)
h = keras.layers.Conv1D(1, 9, padding="same", use_bias=False)(h)
enhancer = keras.Model(inp, keras.layers.Flatten()(h))
enhancer.compile("adam", loss=enhancement_loss)
enhancer.fit(noisy, clean, epochs=2, batch_size=24, verbose=2)
