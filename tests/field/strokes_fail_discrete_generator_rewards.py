"""Generator of binary pen strokes trained with importance weights from the critic.

Bits cannot be differentiated, so the generator gets the log probability of its own samples weighted by
d / (1 - d). The critic is warmed up first, as the paper says. It ends the warm-up with an excellent loss
and the first generator steps give nan.
"""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

keras.utils.set_random_seed(6)

BATCH = 64
NOISE = 16
WARM_UP = 500
STEPS = 300

bitmaps = (load_digits().data > 7).astype("float32")
real_stream = iter(tf.data.Dataset.from_tensor_slices(bitmaps).shuffle(1797, seed=1).repeat().batch(BATCH))

generator = keras.Sequential([
    keras.Input((NOISE,)),
    keras.layers.Dense(96, activation="tanh"),
    keras.layers.Dense(64),
])
# hard_sigmoid because the critic is going to run on the tablet's fixed point unit
critic = keras.Sequential([
    keras.Input((64,)),
    keras.layers.Dense(128, activation="relu"),
    keras.layers.Dense(64, activation="relu"),
    keras.layers.Dense(1, activation="hard_sigmoid"),
])
bce = keras.losses.BinaryCrossentropy()
critic_opt = keras.optimizers.Adam(2e-3)
generator_opt = keras.optimizers.Adam(1e-3)
critic_opt.build(critic.trainable_variables)
generator_opt.build(generator.trainable_variables)


def draw(n):
    logits = generator(tf.random.normal((n, NOISE)), training=True)
    bits = tf.cast(tf.random.uniform(tf.shape(logits)) < tf.sigmoid(logits), tf.float32)
    log_prob = -tf.nn.sigmoid_cross_entropy_with_logits(labels=bits, logits=logits)
    return bits, tf.reduce_sum(log_prob, axis=1)


@tf.function
def critic_step(real):
    fake, _ = draw(BATCH)
    with tf.GradientTape() as tape:
        p_real, p_fake = critic(real, training=True), critic(fake, training=True)
        loss = bce(tf.ones_like(p_real), p_real) + bce(tf.zeros_like(p_fake), p_fake)
    critic_opt.apply_gradients(zip(tape.gradient(loss, critic.trainable_variables), critic.trainable_variables))
    return loss


@tf.function
def generator_step():
    with tf.GradientTape() as tape:
        fake, log_prob = draw(BATCH)
        d = tf.squeeze(critic(fake), -1)
        ratio = d / (1.0 - d)
        weight = ratio / tf.reduce_sum(ratio)  # whynan: zero_weight_sum phase=forward|loss also=divide_by_zero
        advantage = tf.stop_gradient(weight - 1.0 / BATCH)
        loss = -tf.reduce_sum(advantage * log_prob)
    generator_opt.apply_gradients(
        zip(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables))
    return loss


for i in range(WARM_UP):
    d_loss = critic_step(next(real_stream))
print(f"critic after warm-up: {float(d_loss):.4f}")

for i in range(STEPS):
    d_loss = critic_step(next(real_stream))
    g_loss = generator_step()
    if i % 20 == 0:
        print(f"{i:4d} critic {float(d_loss):.4f} generator {float(g_loss):.4f}")
