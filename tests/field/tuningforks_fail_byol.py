# Self-supervised embeddings of tuning fork spectra (BYOL), then nearest-neighbour check of the pitch class.
import math
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)

N, BINS = 960, 64
BATCH, EPOCHS = 32, 60
BASE_TAU = 0.9
TOTAL = EPOCHS * (N // BATCH)

# --- spectra: a main peak, a weak clang tone, a noise floor
pitch = rng.integers(0, 8, N)
grid = np.arange(BINS)
main = 6 + 5 * pitch + rng.normal(0, 0.5, N)
clang = np.minimum(main * 1.6, BINS - 1)
spec = np.exp(-0.5 * ((grid - main[:, None]) / 1.3) ** 2)
spec += 0.3 * np.exp(-0.5 * ((grid - clang[:, None]) / 1.8) ** 2)
spec += 0.03 * rng.random((N, BINS))
spec = spec.astype("float32")


def augment(x):
    gain = tf.random.uniform((tf.shape(x)[0], 1), 0.7, 1.3)
    noise = tf.random.normal(tf.shape(x), stddev=0.05)
    keep = tf.cast(tf.random.uniform(tf.shape(x)) > 0.1, tf.float32)
    return (x * gain + noise) * keep


def encoder(name):
    return keras.Sequential([
        layers.Input((BINS,)),
        layers.Dense(64, activation="leaky_relu"),
        layers.Dense(64, activation="leaky_relu"),
        layers.Dense(16),
    ], name=name)


online = encoder("online")
target = encoder("target")
target.set_weights(online.get_weights())
predictor = keras.Sequential([
    layers.Input((16,)),
    layers.Dense(32, activation="leaky_relu"),
    layers.Dense(16),
], name="predictor")
params = online.trainable_variables + predictor.trainable_variables
opt = keras.optimizers.Adam(1e-3)


def tau_at(step):
    """Cosine schedule of the target momentum, as in the appendix of the paper."""
    return 1.0 - (1.0 - BASE_TAU) * math.cos(math.pi * step / TOTAL)


def neg_cosine(p, z):
    p = tf.math.l2_normalize(p, axis=1)
    z = tf.math.l2_normalize(z, axis=1)
    return 2.0 - 2.0 * tf.reduce_mean(tf.reduce_sum(p * z, axis=1))


@tf.function
def train_step(x, tau):
    a, b = augment(x), augment(x)
    z = target(tf.concat([b, a], axis=0))  # whynan: exploding_gradient phase=forward|update also=unknown
    z = tf.stop_gradient(z)
    with tf.GradientTape() as tape:
        p = predictor(online(tf.concat([a, b], axis=0)))
        loss = neg_cosine(p, z)
    grads = tape.gradient(loss, params)
    opt.apply_gradients(zip(grads, params))
    for t, o in zip(target.variables, online.variables):
        t.assign(tau * t + (1.0 - tau) * o)
    return loss


step = 0
for epoch in range(EPOCHS):
    order = rng.permutation(N)
    losses = []
    for k in range(0, N, BATCH):
        tau = tf.constant(tau_at(step), tf.float32)
        losses.append(float(train_step(tf.constant(spec[order[k:k + BATCH]]), tau)))
        step += 1
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1:3d}  loss {np.mean(losses):.4f}")

emb = online.predict(spec, verbose=0)
emb /= np.linalg.norm(emb, axis=1, keepdims=True) + 1e-9
sim = emb @ emb.T
np.fill_diagonal(sim, -2)
print("1-NN pitch accuracy", np.mean(pitch[sim.argmax(1)] == pitch))
