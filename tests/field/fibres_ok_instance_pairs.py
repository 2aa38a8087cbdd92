"""Telling touching fibre cross-sections apart with pixel vectors (pull to the own centre, push centres apart).

In code review we were told that this must end in nan: the distance table of the centres has an exact zero on its
diagonal, and fibres that are not in a picture all have the same centre (0, 0, 0, 0). Also the loss jumps up in the
middle of the run, when the crowded pictures come in.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(37)

SIZE = 20
MAX_FIBRES = 4
SLOTS = MAX_FIBRES + 1  # slot 0 is the resin between the fibres
DIMS = 4
PULL_MARGIN = 0.5
PUSH_MARGIN = 1.5


def draw_sections(count, fibres, rng):
    yy, xx = np.mgrid[:SIZE, :SIZE]
    corners = np.array([(5, 5), (5, 14), (14, 5), (14, 14)])
    images = np.zeros((count, SIZE, SIZE, 3), "float32")
    labels = np.zeros((count, SIZE, SIZE), "int32")
    for i in range(count):
        number = rng.integers(fibres[0], fibres[1] + 1)
        for slot, place in enumerate(rng.permutation(4)[:number], start=1):
            cy, cx = corners[place] + rng.uniform(-1.0, 1.0, 2)
            radius = rng.uniform(3.0, 4.5)
            labels[i][(yy - cy) ** 2 + (xx - cx) ** 2 <= radius**2] = slot
        images[i, ..., 0] = (labels[i] > 0) * 0.8 + rng.normal(0.0, 0.05, (SIZE, SIZE))
        images[i, ..., 1] = xx / (SIZE - 1) * 2 - 1
        images[i, ..., 2] = yy / (SIZE - 1) * 2 - 1
    return images, labels


def pair_loss(vectors, labels):
    pictures = tf.shape(vectors)[0]
    flat = tf.reshape(vectors, (-1, DIMS))
    slot = tf.reshape(tf.range(pictures)[:, None, None] * SLOTS + labels, [-1])
    count = tf.math.unsorted_segment_sum(tf.ones_like(flat[:, 0]), slot, pictures * SLOTS)
    centre = tf.math.unsorted_segment_mean(flat, slot, pictures * SLOTS)

    away = tf.norm(flat - tf.gather(centre, slot), axis=-1)
    pull = tf.reduce_mean(tf.square(tf.maximum(away - PULL_MARGIN, 0.0)))

    centre = tf.reshape(centre, (-1, SLOTS, DIMS))
    present = tf.cast(tf.reshape(count, (-1, SLOTS)) > 0, tf.float32)
    apart = tf.norm(centre[:, :, None, :] - centre[:, None, :, :], axis=-1)
    too_close = tf.square(tf.maximum(2.0 * PUSH_MARGIN - apart, 0.0))
    pairs = present[:, :, None] * present[:, None, :] * (1.0 - tf.eye(SLOTS))
    push = tf.reduce_sum(too_close * pairs) / tf.reduce_sum(pairs)
    return pull, push


def build_network():
    return keras.Sequential(
        [
            keras.Input((SIZE, SIZE, 3)),
            layers.Conv2D(16, 3, padding="same", activation="silu"),
            layers.Conv2D(24, 3, padding="same", activation="silu"),
            layers.Conv2D(24, 1, activation="silu"),
            layers.Conv2D(DIMS, 1),
        ]
    )


def main():
    rng = np.random.default_rng(12)
    network = build_network()
    optimizer = keras.optimizers.Adam(3e-3)
    optimizer.build(network.trainable_variables)

    @tf.function
    def step(images, labels):
        with tf.GradientTape() as tape:
            pull, push = pair_loss(network(images, training=True), labels)
            loss = pull + push
        grads = tape.gradient(loss, network.trainable_variables)
        optimizer.apply_gradients(zip(grads, network.trainable_variables))
        return pull, push, tf.linalg.global_norm(grads)

    for stage, fibres, epochs in (("sparse", (1, 2), 6), ("crowded", (3, 4), 10)):
        images, labels = draw_sections(96, fibres, rng)
        data = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(96, seed=8).batch(8)
        for epoch in range(epochs):
            rows = [[float(value) for value in step(*batch)] for batch in data]
            pull, push, norm = np.mean(rows, axis=0)
            print(f"{stage:8s} epoch {epoch + 1:2d}  pull {pull:.4f}  push {push:.4f}  gradient norm {norm:.3f}")


if __name__ == "__main__":
    main()
