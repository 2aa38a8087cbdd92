"""Places a family tree of 31 species in the Poincare disc so that hyperbolic distances follow the steps in the tree.

All pairs are used, each species with itself too (distance 0). Does the distance of a point to itself do any harm here?
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

SPECIES = 31
SCALE = 0.6


def steps_between(i, j):
    """Steps in a binary tree numbered 1, 2, 3, ... from the top."""
    i, j, steps = i + 1, j + 1, 0
    while i != j:
        if i > j:
            i //= 2
        else:
            j //= 2
        steps += 1
    return steps


def all_pairs():
    first, second = np.meshgrid(np.arange(SPECIES), np.arange(SPECIES), indexing="ij")
    first, second = first.ravel(), second.ravel()
    target = np.array([SCALE * steps_between(int(i), int(j)) for i, j in zip(first, second)], "float32")
    return first.astype("int32"), second.astype("int32"), target


def into_disc(free):
    """Any point of the plane to a point inside of the unit disc."""
    length = tf.reduce_sum(tf.square(free), axis=1, keepdims=True)
    return free / (1.0 + tf.sqrt(1.0 + length))


def disc_distance(u, v):
    gap = tf.reduce_sum(tf.square(u - v), axis=1)
    room = (1.0 - tf.reduce_sum(tf.square(u), axis=1)) * (1.0 - tf.reduce_sum(tf.square(v), axis=1))
    argument = 1.0 + 2.0 * gap / room
    apart = argument > 1.0 + 1e-6
    return tf.where(apart, tf.math.acosh(tf.where(apart, argument, 2.0)), 0.0)


keras.utils.set_random_seed(31)
free = tf.Variable(tf.random.normal([SPECIES, 2], stddev=0.3, seed=31), name="free")
optimizer = keras.optimizers.Adam(0.03)
optimizer.build([free])


@tf.function
def train_step(first, second, target):
    with tf.GradientTape() as tape:
        disc = into_disc(free)
        distance = disc_distance(tf.gather(disc, first), tf.gather(disc, second))
        stress = tf.reduce_mean(tf.square(distance - target))
    gradient = tf.convert_to_tensor(tape.gradient(stress, free))
    optimizer.apply_gradients([(gradient, free)])
    return stress


first, second, target = map(tf.constant, all_pairs())
for step in range(200):
    stress = train_step(first, second, target)
    if step % 40 == 0 or step == 199:
        print(f"step {step:3d}  stress {float(stress):.4f}")
radius = tf.norm(into_disc(free), axis=1).numpy()
print("radius of the root", radius[0], " largest", radius.max())
