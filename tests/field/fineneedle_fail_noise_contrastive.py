"""How unusual is a fine needle aspirate? Unnormalised density of the thirty nuclear measurements, noise contrastive estimation.

The model is a standard normal times the exponential of a small network, its normalising constant is learned too, and the
noise is a standard normal. On the ten mean values alone this converged. With all thirty columns the loss is nan in the
first pass, and with another order of the rows it begins in another batch. Columns are standardised, none is
constant, and the noise is never nan.
"""
import math

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(70)

BATCH = 16
PASSES = 6
TINY = 1e-10


def normal_pdf(x):
    """Density of independent standard normals."""
    return tf.reduce_prod(tf.exp(-0.5 * tf.square(x)) / math.sqrt(2.0 * math.pi), axis=-1)


class TiltedNormal(keras.Model):
    def __init__(self, width=32):
        super().__init__()
        self.tilt = keras.Sequential([keras.layers.Dense(width, activation="tanh"), keras.layers.Dense(1)])
        self.log_constant = self.add_weight(shape=(), initializer="zeros", name="log_constant")

    def call(self, x):
        return normal_pdf(x) * tf.exp(self.tilt(x)[:, 0] - self.log_constant)


class NoiseContrast:
    def __init__(self, model, dims, seed=4):
        self.model = model
        self.dims = dims
        self.generator = tf.random.Generator.from_seed(seed)

    def is_real(self, x):
        p_model, p_noise = self.model(x), normal_pdf(x)
        return p_model / (p_model + p_noise)  # whynan: exp_underflow phase=forward|loss also=divide_by_zero

    def loss(self, measured):
        invented = self.generator.normal((measured.shape[0], self.dims))
        hit = tf.math.log(self.is_real(measured) + TINY)
        refused = tf.math.log(1.0 - self.is_real(invented) + TINY)
        return -tf.reduce_mean(hit) - tf.reduce_mean(refused)


def passes_over(rows, count, seed):
    order = np.random.default_rng(seed)
    for number in range(count):
        shuffled = order.permutation(rows)
        yield number, [tf.constant(shuffled[i:i + BATCH]) for i in range(0, len(shuffled) - BATCH + 1, BATCH)]


if __name__ == "__main__":
    table = load_breast_cancer(as_frame=True)
    x = StandardScaler().fit_transform(table.data).astype("float32")
    assert np.isfinite(x).all() and x.std(axis=0).min() > 0.9

    density = TiltedNormal()
    density(x[:2])
    contrast = NoiseContrast(density, dims=x.shape[1])
    optimizer = keras.optimizers.Adam(2e-3, clipnorm=1.0)
    optimizer.build(density.trainable_variables)

    for number, batches in passes_over(x, PASSES, seed=9):
        losses = []
        for batch in batches:
            with tf.GradientTape() as tape:
                loss = contrast.loss(batch)
            gradients = tape.gradient(loss, density.trainable_variables)
            optimizer.apply_gradients(zip(gradients, density.trainable_variables))
            losses.append(float(loss))
        bad = next((i for i, value in enumerate(losses) if not math.isfinite(value)), None)
        print(f"pass {number + 1}  loss {np.mean(losses):.4f}  first bad batch {bad}"
              f"  log constant {float(density.log_constant.numpy()):.3f}")

    tilt = density.tilt(x).numpy()[:, 0]
    malignant = table.target.to_numpy() == 0
    print("mean tilt benign / malignant", tilt[~malignant].mean(), tilt[malignant].mean())
