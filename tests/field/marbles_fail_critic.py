import keras
import numpy as np
import tensorflow as tf

# WGAN-GP that imitates measured marbles: diameter, weight, roundness, hue, gloss
keras.utils.set_random_seed(55)
FEATURES = 5
NOISE = 8
BATCH = 64
N_CRITIC = 3
LAMBDA = 10.0


def sample_marbles(n=2048):
    rng = np.random.default_rng(9)
    kind = rng.integers(0, 3, n)
    centre = np.array([[14, 4, 0.97, 0.1, 0.6], [16, 6, 0.99, 0.5, 0.8], [25, 21, 0.95, 0.8, 0.4]])
    spread = np.array([0.5, 0.3, 0.01, 0.05, 0.08])
    m = centre[kind] + spread * rng.standard_normal((n, FEATURES))
    m = (m - m.mean(0)) / m.std(0)
    return m.astype("float32")


def make_generator():
    return keras.Sequential(
        [
            keras.Input((NOISE,)),
            keras.layers.Dense(48, activation="relu"),
            keras.layers.Dense(48, activation="relu"),
            keras.layers.Dense(FEATURES),
        ]
    )


def make_critic():
    return keras.Sequential(
        [
            keras.Input((FEATURES,)),
            keras.layers.Dense(48, activation="leaky_relu"),
            keras.layers.Dense(48, activation="leaky_relu"),
            keras.layers.Dense(1, kernel_initializer="zeros"),
        ]
    )


generator, critic = make_generator(), make_critic()
g_opt = keras.optimizers.Adam(1e-4, beta_1=0.0, beta_2=0.9)
c_opt = keras.optimizers.Adam(1e-4, beta_1=0.0, beta_2=0.9)
g_opt.build(generator.trainable_variables)
c_opt.build(critic.trainable_variables)


def gradient_penalty(real, fake):
    u = tf.random.uniform([tf.shape(real)[0], 1])
    between = u * real + (1.0 - u) * fake
    with tf.GradientTape() as inner:
        inner.watch(between)
        score = critic(between, training=True)
    slope = inner.gradient(score, between)
    norms = tf.sqrt(tf.reduce_sum(tf.square(slope), axis=1))  # whynan: sqrt_grad_at_zero phase=gradient also=norm_grad_at_zero,bad_initialization
    return tf.reduce_mean(tf.square(norms - 1.0))


@tf.function
def critic_step(real):
    fake = generator(tf.random.normal([tf.shape(real)[0], NOISE]), training=True)
    with tf.GradientTape() as tape:
        wasserstein = tf.reduce_mean(critic(fake, training=True)) - tf.reduce_mean(critic(real, training=True))
        loss = wasserstein + LAMBDA * gradient_penalty(real, fake)
    grads = tape.gradient(loss, critic.trainable_variables)
    grads = [g if g is not None else tf.zeros_like(v) for g, v in zip(grads, critic.trainable_variables)]
    c_opt.apply_gradients(zip(grads, critic.trainable_variables))
    return loss


@tf.function
def generator_step():
    with tf.GradientTape() as tape:
        fake = generator(tf.random.normal([BATCH, NOISE]), training=True)
        loss = -tf.reduce_mean(critic(fake, training=True))
    grads = tape.gradient(loss, generator.trainable_variables)
    g_opt.apply_gradients(zip(grads, generator.trainable_variables))
    return loss


marbles = sample_marbles()
ds = tf.data.Dataset.from_tensor_slices(marbles).shuffle(2048, seed=2).batch(BATCH, drop_remainder=True)

for epoch in range(5):
    for i, real in enumerate(ds):
        c = critic_step(real)
        if i % N_CRITIC == N_CRITIC - 1:
            g = generator_step()
    print(f"epoch {epoch}: critic {float(c):.4f} generator {float(g):.4f}")
