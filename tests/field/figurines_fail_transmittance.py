# small NeRF for porcelain figurines on a turntable (synthetic: three tinted spheres, white backdrop)
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(8)
NEAR, FAR, N_SAMPLES, N_FREQ = 2.0, 6.0, 24, 4
CENTERS = np.array([[0, 0, 0], [0.7, 0.2, 0.3], [-0.5, 0.5, -0.4]])
RADII = np.array([0.8, 0.4, 0.5])
TINTS = np.array([[0.9, 0.85, 0.8], [0.2, 0.4, 0.8], [0.8, 0.3, 0.3]])


def turntable_rays(n_views=12, res=20, seed=0):
    origins, dirs = [], []
    u, v = np.meshgrid(np.linspace(-0.45, 0.45, res), np.linspace(-0.45, 0.45, res))
    for theta in np.linspace(0, 2 * np.pi, n_views, endpoint=False):
        eye = 4.0 * np.array([np.cos(theta), 0.25, np.sin(theta)])
        fwd = -eye / np.linalg.norm(eye)
        right = np.cross(fwd, [0, 1, 0])
        right /= np.linalg.norm(right)
        up = np.cross(right, fwd)
        d = fwd + u.reshape(-1, 1) * right + v.reshape(-1, 1) * up
        dirs.append(d / np.linalg.norm(d, axis=1, keepdims=True))
        origins.append(np.repeat(eye[None], res * res, axis=0))
    return np.concatenate(origins), np.concatenate(dirs)


def photograph(o, d):
    """analytic ray / sphere intersection with a headlight"""
    colour = np.ones_like(o)
    best = np.full(len(o), np.inf)
    for c, r, tint in zip(CENTERS, RADII, TINTS):
        b = np.sum((o - c) * d, axis=1)
        disc = b ** 2 - (np.sum((o - c) ** 2, axis=1) - r ** 2)
        hit = disc > 0
        t = -b - np.sqrt(np.where(hit, disc, 0.0))
        normal = (o + t[:, None] * d - c) / r
        shade = np.clip(-np.sum(normal * d, axis=1), 0.1, 1)[:, None] * tint
        closer = hit & (t < best)
        colour[closer], best[closer] = shade[closer], t[closer]
    return colour


def encode(p):
    out = [p]
    for k in range(N_FREQ):
        out += [tf.sin(2.0 ** k * p), tf.cos(2.0 ** k * p)]
    return tf.concat(out, axis=-1)


def build_field():
    return keras.Sequential([
        keras.Input((3 + 6 * N_FREQ,)),
        layers.Dense(64, activation="swish"),
        layers.Dense(64, activation="swish"),
        layers.Dense(4),
    ])


def composite(raw, t):
    """front to back; the last interval reaches to infinity"""
    n = tf.shape(t)[0]
    delta = tf.concat([t[:, 1:] - t[:, :-1], tf.fill([n, 1], 1e10)], axis=1)
    sigma = tf.nn.softplus(raw[..., 3])
    rgb = tf.sigmoid(raw[..., :3])
    alpha = 1.0 - tf.exp(-sigma * delta)
    log_pass = tf.math.log(1.0 - alpha)  # whynan: log_of_zero phase=gradient|forward also=exp_underflow
    transmittance = tf.exp(tf.cumsum(log_pass, axis=1, exclusive=True))
    weights = alpha * transmittance
    return tf.reduce_sum(weights[..., None] * rgb, axis=1), weights


def render(field, o, d):
    edges = tf.linspace(NEAR, FAR, N_SAMPLES + 1)
    width = edges[1] - edges[0]
    t = edges[:-1] + width * tf.random.uniform([tf.shape(o)[0], N_SAMPLES])
    points = o[:, None, :] + t[..., None] * d[:, None, :]
    raw = field(tf.reshape(encode(points), [-1, 3 + 6 * N_FREQ]))
    return composite(tf.reshape(raw, [-1, N_SAMPLES, 4]), t)


def psnr(mse):
    return -10.0 * np.log10(mse)


origins, dirs = turntable_rays()
pixels = photograph(origins, dirs)
origins, dirs, pixels = (a.astype("float32") for a in (origins, dirs, pixels))
field = build_field()
opt = keras.optimizers.Adam(2e-3)
rng = np.random.default_rng(1)

for it in range(80):
    pick = rng.integers(0, len(pixels), 256)
    with tf.GradientTape() as tape:
        rendered, _ = render(field, tf.constant(origins[pick]), tf.constant(dirs[pick]))
        mse = tf.reduce_mean(tf.square(rendered - pixels[pick]))
    grads = tape.gradient(mse, field.trainable_variables)
    opt.apply_gradients(zip(grads, field.trainable_variables))
    if it % 10 == 0:
        print(f"iter {it:3d}  mse {float(mse):.4f}  psnr {psnr(float(mse)):.2f} dB")
