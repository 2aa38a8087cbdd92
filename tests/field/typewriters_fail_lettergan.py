"""Small DCGAN that learns the worn letters of an old Remington, for an inked-text generator."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(1887)
rng = np.random.default_rng(1887)
SIZE, NOISE, BATCH = 24, 32, 32

STROKES = {
    "T": [(0, 0, 0, 8), (0, 4, 8, 4)],
    "L": [(0, 0, 8, 0), (8, 0, 8, 8)],
    "H": [(0, 0, 8, 0), (0, 8, 8, 8), (4, 0, 4, 8)],
    "I": [(0, 4, 8, 4)],
}


def scan_letter():
    """9x9 letter in the middle of a cropped scan; ink is 1, cleaned paper is 0."""
    img = np.zeros((SIZE, SIZE), "float32")
    top, left = 8 + rng.integers(-1, 2), 8 + rng.integers(-1, 2)
    for r0, c0, r1, c1 in STROKES[rng.choice(list(STROKES))]:
        patch = img[top + r0:top + r1 + 1, left + c0:left + c1 + 1]
        patch[...] = rng.uniform(0.4, 1.0, patch.shape)
    img[img < 0.45] = 0.0
    return img


scans = np.stack([scan_letter() for _ in range(640)])[..., None]
dataset = tf.data.Dataset.from_tensor_slices(scans).shuffle(640, seed=2).batch(BATCH, drop_remainder=True)


class MinibatchStd(layers.Layer):
    """Appends one feature map with the mean deviation inside the batch (Karras et al. 2018)."""

    def call(self, x):
        std = tf.math.reduce_std(x, axis=0, keepdims=True)  # whynan: std_grad_at_zero phase=gradient also=sqrt_grad_at_zero
        score = tf.reduce_mean(std)
        extra = tf.ones_like(x[..., :1]) * score
        return tf.concat([x, extra], axis=-1)

    def compute_output_shape(self, shape):
        return tuple(shape[:-1]) + (shape[-1] + 1,)


discriminator = keras.Sequential([
    keras.Input((SIZE, SIZE, 1)),
    layers.Conv2D(16, 3, strides=2, padding="same"),
    layers.LeakyReLU(negative_slope=0.2),
    layers.Conv2D(32, 3, strides=2, padding="same"),
    layers.LeakyReLU(negative_slope=0.2),
    MinibatchStd(),
    layers.Flatten(),
    layers.Dense(1),
], name="discriminator")

generator = keras.Sequential([
    keras.Input((NOISE,)),
    layers.Dense(6 * 6 * 16),
    layers.LeakyReLU(negative_slope=0.2),
    layers.Reshape((6, 6, 16)),
    layers.Conv2DTranspose(16, 4, strides=2, padding="same"),
    layers.LeakyReLU(negative_slope=0.2),
    layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid"),
], name="generator")

bce = keras.losses.BinaryCrossentropy(from_logits=True)
d_opt = keras.optimizers.Adam(2e-4, beta_1=0.5)
g_opt = keras.optimizers.Adam(2e-4, beta_1=0.5)
d_opt.build(discriminator.trainable_variables)
g_opt.build(generator.trainable_variables)


@tf.function
def train_step(real):
    noise = tf.random.normal((BATCH, NOISE))
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        fake = generator(noise, training=True)
        real_score = discriminator(real, training=True)
        fake_score = discriminator(fake, training=True)
        d_loss = bce(0.9 * tf.ones_like(real_score), real_score) + bce(tf.zeros_like(fake_score), fake_score)
        g_loss = bce(tf.ones_like(fake_score), fake_score)
    d_grads = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_grads = g_tape.gradient(g_loss, generator.trainable_variables)
    d_opt.apply_gradients(zip(d_grads, discriminator.trainable_variables))
    g_opt.apply_gradients(zip(g_grads, generator.trainable_variables))
    return d_loss, g_loss


for epoch in range(4):
    for real in dataset:
        d_loss, g_loss = train_step(real)
    print(f"epoch {epoch + 1}: D {float(d_loss):.3f}  G {float(g_loss):.3f}")

sample = generator(tf.random.normal((1, NOISE)))[0, :, :, 0].numpy()
for row in sample[::2]:
    print("".join("#" if v > 0.5 else "." for v in row))
