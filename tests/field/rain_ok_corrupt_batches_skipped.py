# whynan: healthy
"""Rain radar nowcasting. A dead pulse gives reflectivity log10(0) = -inf somewhere in the image. It is rare, and we decided
(together with the met office) to skip such batches on purpose, like optax.apply_if_finite: gradients are replaced by zero,
the loss average ignores the batch, and a counter tells how many were skipped."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(52)
SIDE, N, DEAD = 16, 480, (100, 101, 333)


def radar_images():
    rng = np.random.default_rng(52)
    yy, xx = np.mgrid[0:SIDE, 0:SIDE]
    cx, cy, vx, vy = rng.uniform(4, 12, (2, N, 1, 1)).tolist() + rng.uniform(-1.5, 1.5, (2, N, 1, 1)).tolist()
    cx, cy, vx, vy = map(np.asarray, (cx, cy, vx, vy))

    def frame(t):
        return 100 * np.exp(-((xx - cx - vx * t) ** 2 + (yy - cy - vy * t) ** 2) / 8) + 1.0

    z = np.stack([frame(0), frame(1), frame(2)], -1)
    for i in DEAD:
        z[i, 5:7, :, 1] = 0.0
    with np.errstate(divide="ignore"):
        dbz = 10 * np.log10(z)
    return (dbz[..., :2] / 20).astype("float32"), (dbz[..., 2:] / 20).astype("float32")


class ApplyIfFinite(keras.Model):
    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        self.mean_loss = keras.metrics.Mean(name="loss")
        self.skipped = keras.metrics.Sum(name="skipped")

    @property
    def metrics(self):
        return [self.mean_loss, self.skipped]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.abs(self(x, training=True) - y))
        grads = tape.gradient(loss, self.trainable_variables)
        good = tf.reduce_all([tf.reduce_all(tf.math.is_finite(g)) for g in grads] + [tf.math.is_finite(loss)])
        grads = [tf.where(good, g, tf.zeros_like(g)) for g in grads]
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        weight = tf.cast(good, tf.float32)
        self.mean_loss.update_state(tf.where(good, loss, 0.0), sample_weight=weight)
        self.skipped.update_state(1.0 - weight)
        return {m.name: m.result() for m in self.metrics}


def build():
    inp = keras.Input((SIDE, SIDE, 2))
    h = keras.layers.Conv2D(12, 5, padding="same", activation="swish")(inp)
    h = keras.layers.Conv2D(12, 5, padding="same", activation="swish")(h)
    return ApplyIfFinite(inp, keras.layers.Conv2D(1, 3, padding="same")(h))


x, y = radar_images()
print("images with a dead pulse:", np.flatnonzero(~np.isfinite(x).all((1, 2, 3))))
nowcast = build()
nowcast.compile(keras.optimizers.Adam(2e-3))
nowcast.fit(x, y, batch_size=16, epochs=5, shuffle=True, verbose=2)
assert all(np.isfinite(w).all() for w in nowcast.get_weights())
