"""Synthetic remittance records with a Wasserstein GAN (weight clipping, SGD critic).

The compliance department may not hand out the true table, so we hand out a generated one.
"""
import numpy as np
import tensorflow as tf
from keras import Sequential, Input, optimizers, utils
from keras.layers import Dense, LeakyReLU

utils.set_random_seed(77)
rs = np.random.RandomState(77)

LATENT = 8
COLS = ["log10_amount", "fee_pct", "hours_to_payout", "transfers_per_month", "corridor_risk", "sender_years"]


def remittance_table(n=2400):
    kind = rs.rand(n) < 0.35
    amount = np.where(kind, rs.normal(3.1, 0.2, n), rs.normal(2.2, 0.3, n))
    fee = 5.5 - 1.1 * amount + rs.gamma(2.0, 0.3, n)
    hours = rs.gamma(2.0, 1.0, n)
    per_month = rs.poisson(2.0, n)
    risk = rs.beta(2, 3, n) * 3
    years = rs.gamma(3.0, 0.8, n)
    return np.stack([amount, fee, hours, per_month, risk, years], axis=1).astype("float32")


table = remittance_table()
print(dict(zip(COLS, table.mean(axis=0).round(2))))


def build_generator():
    return Sequential([Input((LATENT,)), Dense(32, activation="relu"), Dense(32, activation="relu"), Dense(len(COLS))])


def build_critic():
    return Sequential([
        Input((len(COLS),)),
        Dense(32), LeakyReLU(negative_slope=0.2),
        Dense(32), LeakyReLU(negative_slope=0.2),
        Dense(32), LeakyReLU(negative_slope=0.2),
        Dense(1),
    ])


generator, critic = build_generator(), build_critic()
g_opt = optimizers.RMSprop(1e-3)
c_opt = optimizers.SGD(0.05)
CLIP = 0.03


@tf.function
def critic_step(real):
    z = tf.random.normal((tf.shape(real)[0], LATENT))
    fake = generator(z)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(critic(fake)) - tf.reduce_mean(critic(real))  # whynan: wrong_sign_loss phase=forward|loss also=exploding_gradient
    grads = tape.gradient(loss, critic.trainable_variables)
    c_opt.apply_gradients(zip(grads, critic.trainable_variables))
    for v in generator.trainable_variables:
        v.assign(tf.clip_by_value(v, -CLIP, CLIP))
    return -loss


@tf.function
def generator_step(n):
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(critic(generator(tf.random.normal((n, LATENT)))))
    grads = tape.gradient(loss, generator.trainable_variables)
    g_opt.apply_gradients(zip(grads, generator.trainable_variables))
    return loss


batches = iter(tf.data.Dataset.from_tensor_slices(table).shuffle(2400, seed=3).repeat().batch(64))
for it in range(60):
    # the critic should be nearly optimal at the beginning
    n_critic = 100 if it < 10 else 5
    for _ in range(n_critic):
        distance = critic_step(next(batches))
    g_loss = generator_step(tf.constant(64))
    if it % 5 == 0:
        print(f"iteration {it:3d}  Wasserstein estimate {float(distance):.4f}  generator {float(g_loss):.4f}")

sample = generator(tf.random.normal((1000, LATENT))).numpy()
print("generated means", dict(zip(COLS, sample.mean(axis=0).round(2))))
