"""DCGAN-like toy with a minibatch standard deviation feature against mode collapse."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)
real = np.zeros((128, 8, 8, 1), "float32")
for im in real:
    r, c = rng.integers(2, 5, 2)
    im[r:r + 2, c:c + 2] = 1.0


class MinibatchStd(layers.Layer):
    def call(self, x):
        s = ops.std(x, axis=0, keepdims=True)  # whynan: std_grad_at_zero phase=gradient also=sqrt_grad_at_zero
        s = ops.mean(s) * ops.ones_like(x[..., :1])
        return ops.concatenate([x, s], axis=-1)


disc = keras.Sequential([
    keras.Input((8, 8, 1)),
    layers.Conv2D(6, 3, padding="same", activation="leaky_relu"),
    MinibatchStd(),
    layers.Conv2D(8, 3, activation="leaky_relu"),
    layers.Flatten(),
    layers.Dense(1),
])
gen = keras.Sequential([
    keras.Input((5,)),
    layers.Dense(64, activation="tanh"),
    layers.Reshape((8, 8, 1)),
])
bce = keras.losses.BinaryCrossentropy(from_logits=True)
d_opt, g_opt = keras.optimizers.Adam(2e-4), keras.optimizers.Adam(2e-4)

for step in range(4):
    batch = real[step * 32:(step + 1) * 32]
    z = tf.random.normal((32, 5))
    with tf.GradientTape() as dt:
        d_loss = bce(tf.ones((32, 1)), disc(batch)) + bce(tf.zeros((32, 1)), disc(gen(z)))
    d_opt.apply_gradients(zip(dt.gradient(d_loss, disc.trainable_variables), disc.trainable_variables))
    with tf.GradientTape() as gt:
        g_loss = bce(tf.ones((32, 1)), disc(gen(z)))
    g_opt.apply_gradients(zip(gt.gradient(g_loss, gen.trainable_variables), gen.trainable_variables))
    print(f"step {step}: D {float(d_loss):.4f} G {float(g_loss):.4f}")
