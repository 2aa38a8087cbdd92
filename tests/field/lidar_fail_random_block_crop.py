"""Tree species from terrestrial laser scans (PointNet style).

Trained fine as long as I fed whole trees. Since I crop random blocks for augmentation the loss is NaN
somewhere in the first epoch. The crop can never be empty, it always contains its own centre point.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(11)

POINTS = 128
SAMPLED = 64
SPECIES = ["beech", "spruce", "larch"]


def scan_tree(rng, species):
    """One crown plus a few stray returns (birds, wet leaves in the air, the neighbour's top)."""
    stray = 8
    n = POINTS - stray
    z = rng.uniform(2.0, 12.0, n)
    if species == 0:
        spread = 1.6 * np.sin(np.pi * (z - 1.0) / 12.0)
    elif species == 1:
        spread = 1.8 * (12.5 - z) / 10.5
    else:
        spread = 0.7 + 0.2 * np.cos(z)
    angle = rng.uniform(0, 2 * np.pi, n)
    r = np.abs(spread) * np.sqrt(rng.uniform(0, 1, n))
    crown = np.stack([r * np.cos(angle), r * np.sin(angle), z], -1)
    above = np.stack([rng.uniform(-1, 1, stray), rng.uniform(-1, 1, stray), 20.0 + 6.0 * np.arange(stray)], -1)
    return np.concatenate([crown, above]).astype("float32")


def make_scans(count=240, seed=3):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, len(SPECIES), count)
    return np.stack([scan_tree(rng, s) for s in labels]), labels.astype("int32")


def random_block(cloud, label):
    centre = cloud[tf.random.uniform([], maxval=POINTS, dtype=tf.int32)]
    radius = tf.random.uniform([], 1.0, 2.5)
    near = tf.norm(cloud - centre, axis=-1) <= radius
    return tf.boolean_mask(cloud, near), label


def to_unit_ball(block, label):
    block = block - tf.reduce_mean(block, axis=0)
    reach = tf.reduce_max(tf.norm(block, axis=-1))
    return block / reach, label  # whynan: divide_by_zero phase=data also=zero_variance_normalisation,nan_in_input


def resample(block, label):
    picks = tf.random.uniform([SAMPLED], maxval=tf.shape(block)[0], dtype=tf.int32)
    return tf.gather(block, picks), label


def pipeline(clouds, labels, batch_size=16):
    ds = tf.data.Dataset.from_tensor_slices((clouds, labels))
    ds = ds.shuffle(len(labels), seed=5)
    for step in (random_block, to_unit_ball, resample):
        ds = ds.map(step)
    return ds.batch(batch_size).prefetch(2)


def build():
    points = keras.Input((SAMPLED, 3))
    h = layers.Conv1D(32, 1, activation="gelu")(points)
    h = layers.Conv1D(64, 1, activation="gelu")(h)
    h = layers.GlobalAveragePooling1D()(h)
    h = layers.Dense(32, activation="gelu")(h)
    return keras.Model(points, layers.Dense(len(SPECIES))(h))


if __name__ == "__main__":
    clouds, labels = make_scans()
    net = build()
    net.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    net.fit(pipeline(clouds, labels), epochs=4, verbose=2)
