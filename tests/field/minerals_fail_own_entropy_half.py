"""Mineral names from reflectance spectra, own train_step because we want to add a spectral loss later.
Works in float32 for as long as I like. With mixed_float16 it learns very well at first (accuracy > 0.99)
and then, exactly when it becomes sure of itself, the loss is nan."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(19)
keras.mixed_precision.set_global_policy("mixed_float16")

MINERALS = 12
BANDS = 80


def spectra(n, seed):
    rng = np.random.default_rng(seed)
    axis = np.linspace(0.4, 2.5, BANDS)
    templates = []
    for _ in range(MINERALS):
        curve = 0.6 + 0.1 * axis
        for _ in range(3):
            curve = curve - rng.uniform(0.1, 0.35) * np.exp(-((axis - rng.uniform(0.5, 2.4)) / rng.uniform(0.05, 0.2)) ** 2)
        templates.append(curve)
    templates = np.stack(templates)
    label = rng.integers(0, MINERALS, n)
    x = templates[label] * rng.uniform(0.85, 1.15, (n, 1)) + rng.normal(0, 0.02, (n, BANDS))
    return ((x - x.mean(0)) / x.std(0)).astype("float32"), label.astype("int32")


def cross_entropy(label, p):
    target = tf.one_hot(label, MINERALS, dtype=p.dtype)
    return -tf.reduce_sum(target * tf.math.log(p + 1e-9), axis=-1)  # whynan: float16_epsilon_underflow phase=forward|loss|gradient also=log_of_zero,float16_overflow


class SpectralNet(keras.Model):
    def __init__(self, width=192):
        super().__init__()
        self.hidden = [keras.layers.Dense(width, activation="relu") for _ in range(2)]
        self.head = keras.layers.Dense(MINERALS, activation="softmax")
        self.loss_mean = keras.metrics.Mean(name="loss")
        self.right = keras.metrics.SparseCategoricalAccuracy(name="accuracy")

    @property
    def metrics(self):
        return [self.loss_mean, self.right]

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        return self.head(x)

    def train_step(self, data):
        x, label = data
        with tf.GradientTape() as tape:
            p = self(x, training=True)
            loss = tf.reduce_mean(cross_entropy(label, p))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.loss_mean.update_state(loss)
        self.right.update_state(label, p)
        return {m.name: m.result() for m in self.metrics}


def main():
    x, label = spectra(1500, seed=19)
    model = SpectralNet()
    # no loss scaling: the gradients are large enough here
    model.compile(optimizer=keras.optimizers.Adam(3e-3), auto_scale_loss=False)
    model.fit(x, label, batch_size=50, epochs=20, verbose=2)


main()
