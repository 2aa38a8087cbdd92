"""Obstruction yes/no from spirometry, trained on the hospital's bench device and
carried over to the handheld one (no labels there). DANN, Ganin & Lempitsky 2015."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(5)
gen = np.random.default_rng(5)


def patients(n, handheld):
    sick = gen.random(n) < 0.4
    fvc = gen.normal(4200, 600, n)                      # ml
    ratio = np.where(sick, gen.normal(0.60, 0.06, n), gen.normal(0.80, 0.05, n))
    fev1 = fvc * ratio
    pef = 7.5 * fev1 / 60 * gen.normal(1, 0.08, n) * 60  # ml/s
    fef = 900 * ratio * 4 * gen.normal(1, 0.15, n)
    age = gen.normal(58, 11, n)
    feats = np.stack([fvc, fev1, pef, fef, age], 1)
    if handheld:
        feats[:, :4] *= np.array([0.93, 0.97, 1.10, 0.88])
        feats[:, 3] += 150
    return feats, sick.astype("float32")


xs, ys = patients(1600, False)
xt, yt = patients(1600, True)
mu, sd = xs.mean(0), xs.std(0)
xs = ((xs - mu) / sd).astype("float32")
xt = ((xt - mu) / sd).astype("float32")


@tf.custom_gradient
def reverse(x, strength):
    def grad(dy):
        return -strength * dy, None
    return tf.identity(x), grad


encoder = keras.Sequential([keras.Input((5,)),
                            layers.Dense(32, activation="elu"),
                            layers.Dense(16, activation="tanh")])
diagnosis = keras.Sequential([keras.Input((16,)), layers.Dense(1)])
device = keras.Sequential([keras.Input((16,)),
                           layers.Dense(24, activation="elu"),
                           layers.Dense(1)])

bce = keras.losses.BinaryCrossentropy(from_logits=True)
opt = keras.optimizers.Adam(2e-3)
params = (encoder.trainable_variables + diagnosis.trainable_variables
          + device.trainable_variables)
opt.build(params)


@tf.function
def step(a, la, b, strength):
    with tf.GradientTape() as tape:
        fa, fb = encoder(a, training=True), encoder(b, training=True)
        task = bce(la[:, None], diagnosis(fa, training=True))
        both = reverse(tf.concat([fa, fb], axis=0), strength)
        where_from = tf.concat([tf.zeros((tf.shape(fa)[0], 1)),
                                tf.ones((tf.shape(fb)[0], 1))], axis=0)
        domain = bce(where_from, device(both, training=True))
        total = task + domain
    grads = tape.gradient(total, params)
    grads, norm = tf.clip_by_global_norm(grads, 0.1)
    opt.apply_gradients(zip(grads, params))  # whynan: healthy
    return task, domain, norm


def batches(seed):
    a = tf.data.Dataset.from_tensor_slices((xs, ys)).shuffle(1600, seed=seed).batch(64)
    b = tf.data.Dataset.from_tensor_slices(xt).shuffle(1600, seed=seed + 1).batch(64)
    return tf.data.Dataset.zip((a, b))


EPOCHS = 16
best = np.inf
for epoch in range(EPOCHS):
    p = epoch / EPOCHS
    lam = tf.constant(2.0 / (1.0 + np.exp(-10 * p)) - 1.0, tf.float32)
    t, d, g = [], [], []
    for (a, la), b in batches(epoch):
        task, domain, norm = step(a, la, b, lam)
        t.append(float(task)); d.append(float(domain)); g.append(float(norm))
    best = min(best, np.mean(t))
    acc = np.mean((diagnosis(encoder(xt)).numpy()[:, 0] > 0) == (yt > 0.5))
    print(f"{epoch:2d} lam {float(lam):.2f} task {np.mean(t):.4f} (best {best:.4f}) "
          f"device {np.mean(d):.4f} |g| {np.mean(g):.2f} handheld acc {acc:.3f}")
