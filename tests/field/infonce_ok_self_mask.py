"""SimCLR on small synthetic textures; the diagonal of the similarity matrix is set to -inf."""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(7)


class TwoViews(keras.utils.PyDataset):
    def __init__(self, images, batch=24, **kw):
        super().__init__(**kw)
        self.images, self.batch = images, batch

    def __len__(self):
        return len(self.images) // self.batch

    def augment(self, x, rng):
        x = np.roll(x, rng.integers(-4, 5, 2), axis=(0, 1))
        if rng.random() < 0.5:
            x = x[:, ::-1]
        return x * rng.uniform(0.7, 1.3) + 0.05 * rng.normal(size=x.shape)

    def __getitem__(self, i):
        rng = np.random.default_rng(i)
        chunk = self.images[i * self.batch:(i + 1) * self.batch]
        a, b = (np.stack([self.augment(im, rng) for im in chunk]).astype("float32") for _ in range(2))
        return a, b


class SimCLR(keras.Model):
    def __init__(self, temperature=0.1):
        super().__init__()
        self.encoder = keras.Sequential([
            layers.Conv2D(12, 3, strides=2, activation="relu"),
            layers.Conv2D(24, 3, strides=2, activation="relu"),
            layers.GlobalAveragePooling2D(),
        ])
        self.head = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(16)])
        self.t = temperature

    def call(self, x):
        return self.head(self.encoder(x))

    def nt_xent(self, za, zb):
        z = tf.math.l2_normalize(tf.concat([za, zb], 0), axis=1)
        n = tf.shape(za)[0]
        sim = tf.matmul(z, z, transpose_b=True) / self.t
        self_pair = tf.cast(tf.eye(2 * n), tf.bool)
        sim = tf.where(self_pair, float("-inf"), sim)
        target = tf.concat([tf.range(n, 2 * n), tf.range(n)], 0)
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=target, logits=sim))

    def train_step(self, data):
        a, b = data
        with tf.GradientTape() as tape:
            loss = self.nt_xent(self(a, training=True), self(b, training=True))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": loss}


rng = np.random.default_rng(0)
freq = rng.uniform(0.2, 1.5, (240, 2, 1, 1, 1))
yy, xx = np.mgrid[0:20, 0:20]
images = np.sin(freq[:, 0] * yy[None, ..., None] + freq[:, 1] * xx[None, ..., None])
model = SimCLR()
model.compile(optimizer=keras.optimizers.Adam(1e-3))
model.fit(TwoViews(images.astype("float32")), epochs=4, verbose=2)
