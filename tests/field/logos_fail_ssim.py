import time
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(4)

PX = 48
WIN = 7
C1, C2 = 0.01 ** 2, 0.03 ** 2
C3 = C2 / 2


def make_logo(rng):
    """Flat grey shapes on a flat grey ground, 8 bit, the way the vector export renders them."""
    canvas = np.full((PX, PX), rng.integers(140, 250), np.uint8)
    ink = rng.integers(10, 110)
    y, x = np.mgrid[:PX, :PX]
    kind = rng.integers(3)
    c = rng.integers(18, 30, 2)
    r = rng.integers(8, 15)
    if kind == 0:
        canvas[np.hypot(y - c[0], x - c[1]) < r] = ink
    elif kind == 1:
        canvas[c[0] - r:c[0] + r, c[1] - r // 2:c[1] + r // 2] = ink
    else:
        canvas[np.abs(y - c[0]) + np.abs(x - c[1]) < r] = ink
    return canvas


def fax_noise(rng, clean):
    noisy = clean + rng.normal(0, 0.09, clean.shape)
    streaks = rng.random((len(clean), PX, 1, 1)) < 0.03
    return np.clip(noisy - 0.25 * streaks, 0, 1).astype("float32")


def local_mean(img):
    return tf.nn.avg_pool2d(img, WIN, 1, "VALID")


def local_moments(img):
    mu = local_mean(img)
    sigma = tf.sqrt(local_mean(tf.square(img)) - tf.square(mu))  # whynan: catastrophic_cancellation phase=loss|forward also=sqrt_of_negative
    return mu, sigma


def ssim(a, b):
    # luminance, contrast and structure as three factors (Wang et al. 2004, eq. 6, 9, 10)
    mu_a, sd_a = local_moments(a)
    mu_b, sd_b = local_moments(b)
    cov = local_mean(a * b) - mu_a * mu_b
    lum = (2 * mu_a * mu_b + C1) / (mu_a ** 2 + mu_b ** 2 + C1)
    con = (2 * sd_a * sd_b + C2) / (sd_a ** 2 + sd_b ** 2 + C2)
    struct = (cov + C3) / (sd_a * sd_b + C3)
    return tf.reduce_mean(lum * con * struct, axis=[1, 2, 3])


def denoiser():
    inp = keras.Input((PX, PX, 1))
    h = inp
    for _ in range(3):
        h = keras.layers.Conv2D(16, 3, padding="same")(h)
        h = keras.layers.LeakyReLU(negative_slope=0.1)(h)
    residual = keras.layers.Conv2D(1, 3, padding="same")(h)
    return keras.Model(inp, keras.layers.Subtract()([inp, residual]))


rng = np.random.default_rng(40)
clean = np.stack([make_logo(rng) for _ in range(256)])[..., None].astype("float32") / 255
noisy = fax_noise(rng, clean)
batches = tf.data.Dataset.from_tensor_slices((noisy, clean)).shuffle(256, seed=1).batch(16)

model = denoiser()
opt = keras.optimizers.Adam(1e-3)
SSIM_SHARE = 0.84


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        out = model(x, training=True)
        l1 = tf.reduce_mean(tf.abs(out - y))
        structural = tf.reduce_mean(1.0 - ssim(y, out))
        loss = SSIM_SHARE * structural + (1 - SSIM_SHARE) * l1
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return loss, l1


for epoch in range(3):
    tic, total, total_l1 = time.time(), 0.0, 0.0
    for x, y in batches:
        loss, l1 = step(x, y)
        total += float(loss)
        total_l1 += float(l1)
    k = len(batches)
    print(f"epoch {epoch}  loss {total / k:.4f}  L1 {total_l1 / k:.4f}  ({time.time() - tic:.1f}s)")
