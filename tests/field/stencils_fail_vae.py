# VAE on 8x8 spray stencils (bars, crosses, frames, diagonals)
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(2024)
rng = np.random.default_rng(2024)

SIZE, LATENT, BATCH = 8, 6, 50


def draw():
    img = np.zeros((SIZE, SIZE), "float32")
    kind = rng.integers(4)
    a, b = rng.integers(1, 7, 2)
    if kind == 0:
        img[a, :] = 1
        img[min(a + 1, 7), :] = 1
    elif kind == 1:
        img[a, :] = 1
        img[:, b] = 1
    elif kind == 2:
        lo, hi = sorted((a, b))
        img[lo, lo:hi + 1] = img[hi, lo:hi + 1] = 1
        img[lo:hi + 1, lo] = img[lo:hi + 1, hi] = 1
    else:
        np.fill_diagonal(img, 1)
        img = np.roll(img, a - 3, axis=1)
    flip = rng.random((SIZE, SIZE)) < 0.03
    return np.abs(img - flip).astype("float32").ravel()


x_train = np.stack([draw() for _ in range(2000)])
ds = tf.data.Dataset.from_tensor_slices(x_train).shuffle(2000, seed=1).batch(BATCH)


class Encoder(keras.Model):
    def __init__(self):
        super().__init__()
        self.trunk = layers.Dense(128, activation="relu")
        self.mu = layers.Dense(LATENT)
        self.logvar = layers.Dense(LATENT)

    def call(self, x):
        h = self.trunk(x)
        return self.mu(h), self.logvar(h)


encoder = Encoder()
decoder = keras.Sequential([
    layers.Input((LATENT,)),
    layers.Dense(64, activation="relu"),
    layers.Dense(SIZE * SIZE),
])
encoder(x_train[:1])
weights = encoder.trainable_variables + decoder.trainable_variables
opt = keras.optimizers.Adam(1e-3)


def elbo_terms(x):
    mu, logvar = encoder(x)
    eps = tf.random.normal(tf.shape(mu))
    z = mu + tf.exp(0.5 * logvar) * eps
    logits = decoder(z)
    rec = tf.reduce_mean(keras.losses.binary_crossentropy(x, logits, from_logits=True))
    kl = -0.5 * tf.reduce_sum(1.0 + logvar - tf.square(mu) + tf.exp(logvar), axis=1)
    return rec, tf.reduce_mean(kl)


@tf.function
def train_step(x):
    with tf.GradientTape() as tape:
        rec, kl = elbo_terms(x)
        loss = rec + kl
    grads = tape.gradient(loss, weights)
    opt.apply_gradients(zip(grads, weights))  # whynan: wrong_sign_loss phase=update|gradient|loss
    return rec, kl


for epoch in range(12):
    recs, kls = [], []
    for batch in ds:
        rec, kl = train_step(batch)
        recs.append(float(rec))
        kls.append(float(kl))
    print(f"epoch {epoch + 1:2d}  rec {np.mean(recs):.4f}  kl {np.mean(kls):.4g}")

z = rng.normal(size=(4, LATENT)).astype("float32")
samples = tf.sigmoid(decoder(z)).numpy().reshape(4, SIZE, SIZE)
for row in range(SIZE):
    print("   ".join("".join("#" if v > 0.5 else "." for v in s[row]) for s in samples))
