"""VICReg pre-training of expression profiles (custom train_step, keras.ops)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(21)


def invariance_term(a, b):
    return ops.mean(ops.square(a - b))


def spread(z):
    return ops.std(z, axis=0)  # whynan: std_grad_at_zero phase=gradient also=sqrt_grad_at_zero


def variance_term(z, target=1.0):
    return ops.mean(ops.relu(target - spread(z)))


def covariance_term(z):
    n, d = 64.0, z.shape[-1]
    zc = z - ops.mean(z, axis=0)
    cov = ops.matmul(ops.transpose(zc), zc) / (n - 1.0)
    off = cov * (1.0 - ops.eye(d))
    return ops.sum(ops.square(off)) / d


class SiteAwareEncoder(layers.Layer):
    """profile -> representation; a learned code of the acquisition site is appended."""

    def __init__(self, n_sites, dim, **kw):
        super().__init__(**kw)
        self.body = keras.Sequential([layers.Dense(64, activation="gelu"), layers.Dense(dim)])
        # starts neutral so that the site has no influence in the beginning
        self.site_code = layers.Embedding(n_sites, 4, embeddings_initializer="zeros")

    def call(self, profile, site):
        return ops.concatenate([self.body(profile), self.site_code(site)], axis=-1)


class VICReg(keras.Model):
    def __init__(self, encoder, weights=(25.0, 25.0, 1.0)):
        super().__init__()
        self.encoder = encoder
        self.coef = weights
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.dropout_noise = layers.GaussianNoise(0.3)

    @property
    def metrics(self):
        return [self.loss_tracker]

    def call(self, inputs, training=False):
        profile, site = inputs
        return self.encoder(self.dropout_noise(profile, training=training), site)

    def train_step(self, data):
        batch = data[0] if isinstance(data, tuple) and len(data) == 1 else data
        with tf.GradientTape() as tape:
            a = self(batch, training=True)
            b = self(batch, training=True)
            loss = (self.coef[0] * invariance_term(a, b)
                    + self.coef[1] * (variance_term(a) + variance_term(b))
                    + self.coef[2] * (covariance_term(a) + covariance_term(b)))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}


rng = np.random.default_rng(5)
profiles = rng.normal(size=(512, 30)).astype("float32")
sites = np.full((512,), 3, "int32")  # this release only contains one hospital

ds = tf.data.Dataset.from_tensor_slices((profiles, sites)).batch(64, drop_remainder=True)
ds = ds.map(lambda p, s: ((p, s),))

model = VICReg(SiteAwareEncoder(6, 16))
model.compile(optimizer=keras.optimizers.Adam(1e-3))
model.fit(ds, epochs=3, verbose=2)
