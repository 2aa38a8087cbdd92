"""GAN that invents arrow hits on a target face (x, y in tens of cm)."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(60)

NOISE = 8
BATCH = 128


def shoot(n, rng):
    # three archers, one of them pulls to the left, one shoots low
    who = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    aim = np.array([[0.1, 0.2], [-1.1, 0.3], [0.4, -1.2]])[who]
    scatter = np.array([0.25, 0.35, 0.30])[who][:, None]
    return (aim + scatter * rng.normal(size=(n, 2))).astype("float32")


def build_generator():
    return keras.Sequential([
        keras.Input((NOISE,)),
        layers.Dense(48), layers.LeakyReLU(0.2),
        layers.Dense(48), layers.LeakyReLU(0.2),
        layers.Dense(2),
    ], name="bow")


def build_discriminator():
    return keras.Sequential([
        keras.Input((2,)),
        layers.Dense(48), layers.LeakyReLU(0.2),
        layers.Dense(48), layers.LeakyReLU(0.2),
        layers.Dense(1),
    ], name="judge")


G, D = build_generator(), build_discriminator()
g_opt = keras.optimizers.Adam(5e-4, beta_1=0.5)
d_opt = keras.optimizers.Adam(5e-4, beta_1=0.5)
bce = keras.losses.BinaryCrossentropy(from_logits=True)


@tf.function
def train_step(real):
    z = tf.random.normal((BATCH, NOISE))
    with tf.GradientTape() as gt, tf.GradientTape() as dt:
        fake = G(z, training=True)
        s_real = D(real, training=True)
        s_fake = D(fake, training=True)
        d_loss = bce(0.9 * tf.ones_like(s_real), s_real) + bce(tf.zeros_like(s_fake), s_fake)
        g_loss = bce(tf.ones_like(s_fake), s_fake)
    d_opt.apply_gradients(zip(dt.gradient(d_loss, D.trainable_variables), D.trainable_variables))  # whynan: healthy
    g_opt.apply_gradients(zip(gt.gradient(g_loss, G.trainable_variables), G.trainable_variables))
    return d_loss, g_loss


rng = np.random.default_rng(12)
hits = shoot(4096, rng)
ds = tf.data.Dataset.from_tensor_slices(hits).shuffle(4096, seed=2).batch(BATCH, drop_remainder=True).prefetch(2)

for epoch in range(40):
    d_sum, g_sum, n = 0.0, 0.0, 0
    for batch in ds:
        dl, gl = train_step(batch)
        d_sum += float(dl)
        g_sum += float(gl)
        n += 1
    if epoch % 4 == 0 or epoch == 39:
        sample = G(tf.random.normal((1000, NOISE))).numpy()
        print(f"epoch {epoch:2d}  D {d_sum / n:.3f}  G {g_sum / n:.3f}  "
              f"mean {sample.mean(0).round(2)}  std {sample.std(0).round(2)}")

print("real mean", hits.mean(0).round(2), "std", hits.std(0).round(2))
