"""Deep k-means on the sklearn digits: autoencoder by gradient, cluster centres by Lloyd's step after every epoch.

Epoch 1 looks good (recon 0.06, pull about 10), from epoch 2 on every number is nan. If I don't move the centres everything is
stable, so the gradients are not the problem? Normalised the codes, lowered the weight of the pull to 0.01: same.
"""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

keras.utils.set_random_seed(64)

CODE, CLUSTERS, SHARPNESS = 8, 16, 0.5
PULL_WEIGHT, EPOCHS, BATCH = 0.01, 4, 64


def images():
    pixels = load_digits().data.astype("float32") / 16.0
    centred = pixels - pixels.mean(axis=0)
    return centred[np.random.default_rng(0).permutation(len(centred))]


def mlp(*widths, name):
    stack = [keras.layers.Dense(w, activation="elu") for w in widths[:-1]]
    return keras.Sequential(stack + [keras.layers.Dense(widths[-1])], name=name)


def squared_distances(codes, centres):
    """(n, k) matrix; works for numpy and for tensors."""
    gap = codes[:, None, :] - centres[None, :, :]
    return (gap ** 2).sum(axis=-1) if isinstance(gap, np.ndarray) else tf.reduce_sum(tf.square(gap), axis=-1)


class DeepKMeans(keras.Model):
    def __init__(self, pixels):
        super().__init__(name="deep_kmeans")
        self.encoder = mlp(48, CODE, name="encoder")
        self.decoder = mlp(48, pixels, name="decoder")
        self.centres = self.add_weight(
            shape=(CLUSTERS, CODE), initializer=keras.initializers.RandomNormal(stddev=2.0, seed=7),
            trainable=False, name="centres")
        self.trackers = {key: keras.metrics.Mean(name=key) for key in ("loss", "recon", "pull")}

    @property
    def metrics(self):
        return list(self.trackers.values())

    def call(self, x, training=False):
        return self.decoder(self.encoder(x, training=training), training=training)

    def parts(self, x, training):
        codes = self.encoder(x, training=training)
        recon = tf.reduce_mean(tf.square(self.decoder(codes, training=training) - x))
        distances = squared_distances(codes, tf.convert_to_tensor(self.centres))
        share = tf.stop_gradient(tf.nn.softmax(-SHARPNESS * distances, axis=-1))
        pull = tf.reduce_mean(tf.reduce_sum(share * distances, axis=-1))
        return recon + PULL_WEIGHT * pull, recon, pull

    def train_step(self, data):
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            loss, recon, pull = self.parts(x, training=True)
        variables = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        for key, value in zip(("loss", "recon", "pull"), (loss, recon, pull)):
            self.trackers[key].update_state(value)
        return {key: tracker.result() for key, tracker in self.trackers.items()}


class Lloyd(keras.callbacks.Callback):
    """Classical second half of k-means: every centre goes to the mean of its members."""

    def __init__(self, x, momentum=0.0):
        super().__init__()
        self.x, self.momentum = x, momentum

    def members(self, codes):
        centres = np.asarray(self.model.centres)
        return np.argmin(squared_distances(codes, centres), axis=1), centres

    def on_epoch_end(self, epoch, logs=None):
        codes = self.model.encoder.predict(self.x, batch_size=256, verbose=0)
        owner, old = self.members(codes)
        means = np.stack([codes[owner == k].mean(axis=0) for k in range(CLUSTERS)])  # whynan: empty_reduction phase=update also=divide_by_zero
        self.model.centres.assign(self.momentum * old + (1.0 - self.momentum) * means)


class Purity(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        total = float(logs["recon"]) + float(logs["pull"]) + 1e-12
        print(f"   share of reconstruction: {float(logs['recon']) / total:.3f}")


x = images()
model = DeepKMeans(x.shape[1])
model.compile(optimizer=keras.optimizers.Adam(1e-3))
model.fit(x, batch_size=BATCH, epochs=EPOCHS, verbose=2, callbacks=[Lloyd(x), Purity()])
