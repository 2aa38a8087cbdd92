"""Finding weaving faults: every 24 x 24 camera patch is divided into 6 x 6 cells.

Most cells are good cloth, so I keep only the hardest good cells, three for every
faulty one, as the single-shot detectors do.  Training on the fault archive of the
laboratory is fine.  As soon as I continue on patches recorded on the loom, the loss
is nan and stays nan.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(77)

GRID = 6
CELL = 4
SIDE = GRID * CELL
CELLS = GRID * GRID


def weave(rng):
    """Plain cloth: two crossed thread patterns with some uneven light."""
    i, j = np.mgrid[0:SIDE, 0:SIDE]
    phase = rng.uniform(0, 2 * np.pi, 2)
    cloth = 0.5 + 0.12 * np.sin(i * 1.9 + phase[0]) + 0.12 * np.sin(j * 2.1 + phase[1])
    light = 1.0 + 0.1 * rng.normal() + 0.004 * (i - SIDE / 2) * rng.normal()
    return cloth * light + rng.normal(0, 0.03, (SIDE, SIDE))


def patches(n, faults_per_patch, seed):
    rng = np.random.default_rng(seed)
    images = np.empty((n, SIDE, SIDE, 1), dtype="float32")
    cells = np.zeros((n, CELLS), dtype="float32")
    for k in range(n):
        image = weave(rng)
        for cell in rng.choice(CELLS, size=faults_per_patch(rng), replace=False):
            r, c = divmod(int(cell), GRID)
            spot = image[r * CELL:(r + 1) * CELL, c * CELL:(c + 1) * CELL]
            spot *= 0.35 if rng.random() < 0.6 else 1.7  # hole or slub
            cells[k, cell] = 1.0
        images[k, ..., 0] = image
    return images, cells


class MinedCrossEntropy(keras.losses.Loss):
    """Cross entropy over faulty cells and the hardest `ratio` times as many good cells."""

    def __init__(self, ratio=3.0, name="mined_cross_entropy"):
        super().__init__(name=name)
        self.ratio = ratio

    def call(self, y_true, y_pred):
        ce = tf.nn.sigmoid_cross_entropy_with_logits(labels=y_true, logits=y_pred)
        faulty = y_true > 0.5
        n_faulty = tf.reduce_sum(y_true, axis=1)

        fault_loss = tf.reduce_sum(ce * y_true, axis=1) / tf.maximum(n_faulty, 1.0)

        background = tf.where(faulty, tf.zeros_like(ce), ce)
        order = tf.argsort(background, axis=1, direction="DESCENDING")
        rank = tf.cast(tf.argsort(order, axis=1), tf.float32)
        n_mined = tf.minimum(self.ratio * n_faulty, CELLS - n_faulty)
        mined = tf.cast(rank < n_mined[:, None], tf.float32)
        cloth_loss = tf.reduce_sum(background * mined, axis=1) / tf.reduce_sum(mined, axis=1)  # whynan: zero_weight_sum phase=loss also=divide_by_zero,empty_reduction

        return fault_loss + cloth_loss


def build_model():
    inputs = keras.Input((SIDE, SIDE, 1))
    h = layers.Conv2D(12, 3, padding="same", activation="swish")(inputs)
    h = layers.Conv2D(16, CELL, strides=CELL, activation="swish")(h)
    h = layers.Conv2D(16, 3, padding="same", activation="swish")(h)
    h = layers.Conv2D(1, 1, name="cell_logit")(h)
    return keras.Model(inputs, layers.Reshape((CELLS,))(h))


def faults_in_archive(rng):
    return int(rng.integers(1, 5))


def faults_on_loom(rng):
    return int(rng.poisson(1.4))


archive = patches(320, faults_in_archive, seed=1)
loom = patches(320, faults_on_loom, seed=2)

model = build_model()
model.compile(
    optimizer=keras.optimizers.Adam(2e-3, global_clipnorm=5.0),
    loss=MinedCrossEntropy(ratio=3.0),
    jit_compile=False,
)

print("laboratory archive")
model.fit(*archive, batch_size=32, epochs=3, verbose=2)

print("recordings from the loom")
model.fit(*loom, batch_size=32, epochs=3, verbose=2)

faulty_cells = model.predict(loom[0], verbose=0) > 0
print("share of cells called faulty:", faulty_cells.mean())
