import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(1)
N_RAYS, N_SAMPLES, NEAR, FAR = 64, 24, 2.0, 6.0


def positional_encoding(p, n_freq=4):
    parts = [p]
    for k in range(n_freq):
        parts += [tf.sin(2.0 ** k * p), tf.cos(2.0 ** k * p)]
    return tf.concat(parts, -1)


def sample_along(origins, directions):
    z = tf.linspace(NEAR, FAR, N_SAMPLES)
    pts = origins[:, None, :] + directions[:, None, :] * z[None, :, None]
    # the last interval goes to infinity as in the original code
    delta = tf.concat([z[1:] - z[:-1], [1e10]], 0)
    return pts, delta * tf.norm(directions, axis=-1, keepdims=True)


class Field(keras.Model):
    def __init__(self):
        super().__init__()
        self.trunk = [keras.layers.Dense(48, activation="relu") for _ in range(3)]
        self.density = keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(-0.5))  # empty scene
        self.colour = keras.layers.Dense(3, activation="sigmoid")

    def call(self, pts):
        h = positional_encoding(pts)
        for layer in self.trunk:
            h = layer(h)
        return self.density(h)[..., 0], self.colour(h)


def composite(sigma, rgb, delta):
    alpha = 1.0 - tf.exp(-sigma * delta)  # whynan: exp_overflow phase=forward|loss
    trans = tf.math.cumprod(1.0 - alpha + 1e-10, axis=-1, exclusive=True)
    weights = alpha * trans
    return tf.reduce_sum(weights[..., None] * rgb, axis=1)


def render(field, origins, directions):
    pts, delta = sample_along(origins, directions)
    sigma, rgb = field(pts)
    return composite(sigma, rgb, delta)


def camera_rays(rng):
    o = np.tile([0.0, 0.0, -4.0], (N_RAYS, 1))
    d = np.c_[rng.uniform(-0.4, 0.4, (N_RAYS, 2)), np.ones(N_RAYS)]
    hit = (np.linalg.norm(d[:, :2], axis=1) < 0.25)[:, None]
    rgb = np.where(hit, [0.9, 0.2, 0.1], [0.0, 0.0, 0.0])
    return [tf.constant(a, tf.float32) for a in (o, d, rgb)]


field, opt, rng = Field(), keras.optimizers.Adam(5e-4), np.random.default_rng(0)
for it in range(30):
    origins, dirs, target = camera_rays(rng)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(render(field, origins, dirs) - target))
    opt.apply_gradients(zip(tape.gradient(loss, field.trainable_variables), field.trainable_variables))
    if it % 5 == 0:
        print(it, loss.numpy())
