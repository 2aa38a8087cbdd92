# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(48)
rng = np.random.default_rng(48)
critic = keras.Sequential([keras.Input((2,)), keras.layers.Dense(32, activation="leaky_relu"), keras.layers.Dense(1)])
generator = keras.Sequential(
    [keras.Input((3,)), keras.layers.Dense(16, activation="leaky_relu"), keras.layers.Dense(2)]
)
c_opt, g_opt = keras.optimizers.RMSprop(5e-3), keras.optimizers.RMSprop(1e-3)


@tf.function
def critic_step(real, z):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(critic(generator(z))) - tf.reduce_mean(critic(real))
    c_opt.apply_gradients(zip(tape.gradient(loss, critic.trainable_variables), critic.trainable_variables))
    for w in critic.trainable_variables:
        w.assign(tf.clip_by_value(w, -0.1, 0.1))
    return loss


@tf.function
def generator_step(z):
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(critic(generator(z)))
    g_opt.apply_gradients(zip(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables))
    return loss


for it in range(60):
    z = tf.constant(rng.normal(size=(32, 3)), tf.float32)
    real = tf.constant(rng.normal([3, -2], 0.5, size=(32, 2)), tf.float32)
    c = critic_step(real, z)
    g = generator_step(z)
    if it % 15 == 0:
        print(it, "critic", float(c), "generator", float(g))
