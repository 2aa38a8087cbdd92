# WGAN-GP that dreams up what a diver sees through the round porthole of the sub.
# Everything outside the glass is black and the critic should not look at it.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(1234)
rng = np.random.default_rng(1234)

RES, LATENT, BATCH = 24, 16, 32
N_CRITIC, GP_WEIGHT = 3, 10.0

grid_y, grid_x = np.mgrid[0:RES, 0:RES]
glass = ((grid_y - 11.5) ** 2 + (grid_x - 11.5) ** 2 <= 11.5 ** 2).astype("float32")
GLASS = tf.constant(glass[None, :, :, None])


def view():
    img = np.linspace(0.2, -0.7, RES)[:, None] + rng.normal(0, 0.05, (RES, RES))
    for _ in range(rng.integers(1, 4)):
        cy, cx = rng.uniform(4, 20, 2)
        length = rng.uniform(2, 5)
        fish = ((grid_x - cx) / length) ** 2 + ((grid_y - cy) / (0.5 * length)) ** 2 < 1
        img[fish] = rng.uniform(0.3, 0.95)
    return np.clip(img, -1, 1) * glass


real_views = np.stack([view() for _ in range(768)])[..., None].astype("float32")

generator = keras.Sequential([
    layers.Input((LATENT,)),
    layers.Dense(6 * 6 * 24),
    layers.LeakyReLU(negative_slope=0.2),
    layers.Reshape((6, 6, 24)),
    layers.Conv2DTranspose(16, 4, strides=2, padding="same"),
    layers.LeakyReLU(negative_slope=0.2),
    layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
])

critic_body = keras.Sequential([
    layers.Input((RES, RES, 1)),
    layers.Conv2D(16, 5, strides=2, padding="same"),
    layers.LeakyReLU(negative_slope=0.2),
    layers.Conv2D(32, 5, strides=2, padding="same"),
    layers.LeakyReLU(negative_slope=0.2),
    layers.Flatten(),
    layers.Dense(1),
])


def critic(images):
    return critic_body(images * GLASS, training=True)


def penalty(real, fake):
    mix = tf.random.uniform((BATCH, 1, 1, 1))
    between = mix * real + (1.0 - mix) * fake
    with tf.GradientTape() as tape:
        tape.watch(between)
        score = critic(between)
    grad = tape.gradient(score, between)
    slope = tf.sqrt(tf.reduce_sum(tf.square(grad), axis=-1))  # whynan: sqrt_grad_at_zero phase=gradient also=norm_grad_at_zero
    return tf.reduce_mean(tf.square(slope - 1.0))


opt_c = keras.optimizers.Adam(1e-4, beta_1=0.0, beta_2=0.9)
opt_g = keras.optimizers.Adam(1e-4, beta_1=0.0, beta_2=0.9)


@tf.function
def train_critic(real):
    fake = generator(tf.random.normal((BATCH, LATENT)), training=True)
    with tf.GradientTape() as tape:
        gap = tf.reduce_mean(critic(fake)) - tf.reduce_mean(critic(real))
        loss = gap + GP_WEIGHT * penalty(real, fake)
    grads = tape.gradient(loss, critic_body.trainable_variables)
    opt_c.apply_gradients(zip(grads, critic_body.trainable_variables))
    return loss


@tf.function
def train_generator():
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(critic(generator(tf.random.normal((BATCH, LATENT)), training=True)))
    grads = tape.gradient(loss, generator.trainable_variables)
    opt_g.apply_gradients(zip(grads, generator.trainable_variables))
    return loss


views = tf.data.Dataset.from_tensor_slices(real_views).shuffle(768).batch(BATCH, drop_remainder=True)
for epoch in range(3):
    for i, batch in enumerate(views):
        c_loss = train_critic(batch)
        if i % N_CRITIC == N_CRITIC - 1:
            g_loss = train_generator()
    print(f"epoch {epoch}  critic {float(c_loss):.3f}  generator {float(g_loss):.3f}")
