"""Cooling fins: the network gives the polynomial of the temperature profile from the fin's build data.

Stage one fits the thermocouples only and works. In stage two I add the fin equation T'' = m^2 T at the same positions
with a small weight, and the loss is nan in the first step of stage two. The temperatures themselves look fine.
"""
import numpy as np
import tensorflow as tf
import keras

DEGREE = 5
POSITIONS = np.linspace(0.0, 1.0, 11).astype("float32")  # thermocouples from the root to the tip
BATCH = 32

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)


def bench_series(count):
    h = rng.uniform(20.0, 120.0, count)          # W/m2K
    k = rng.uniform(90.0, 220.0, count)          # W/mK
    thick = rng.uniform(0.8e-3, 2.5e-3, count)   # m
    length = rng.uniform(0.02, 0.06, count)      # m
    m = np.sqrt(2.0 * h / (k * thick)) * length
    theta = np.cosh(m[:, None] * (1.0 - POSITIONS)) / np.cosh(m)[:, None]
    theta = theta + rng.normal(0, 0.004, theta.shape)
    build = np.column_stack([h, k, thick, length])
    build = (build - build.mean(axis=0)) / build.std(axis=0)
    return build.astype("float32"), np.square(m).astype("float32"), theta.astype("float32")


coefficients = keras.Sequential([
    keras.layers.Input((4,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(DEGREE),
])
optimizer = keras.optimizers.Adam(3e-3)
optimizer.build(coefficients.trainable_variables)
exponents = tf.range(1, DEGREE + 1, dtype=tf.float32)


def profile(build, x):
    """Excess temperature relative to the root: 1 + c1 x + c2 x^2 + ..."""
    c = coefficients(build)
    terms = tf.pow(x[..., None], exponents)  # whynan: pow_grad_at_zero phase=gradient|loss|forward
    return 1.0 + tf.reduce_sum(c[:, None, :] * terms, axis=-1)


@tf.function
def train_step(build, m2, measured, physics):
    x = tf.tile(tf.constant(POSITIONS)[None, :], [tf.shape(build)[0], 1])
    with tf.GradientTape() as tape:
        if physics:
            with tf.GradientTape() as second:
                second.watch(x)
                with tf.GradientTape() as first:
                    first.watch(x)
                    theta = profile(build, x)
                slope = first.gradient(theta, x)
            curvature = second.gradient(slope, x)
            residual = curvature - m2[:, None] * theta
            loss = tf.reduce_mean(tf.square(theta - measured)) + 0.01 * tf.reduce_mean(tf.square(residual))
        else:
            theta = profile(build, x)
            loss = tf.reduce_mean(tf.square(theta - measured))
    weights = coefficients.trainable_variables
    optimizer.apply(tape.gradient(loss, weights), weights)
    return loss


build, m2, measured = bench_series(640)
data = tf.data.Dataset.from_tensor_slices((build, m2, measured)).shuffle(640, seed=8).batch(BATCH)
for stage, physics, epochs in (("thermocouples", False, 4), ("with fin equation", True, 4)):
    for epoch in range(epochs):
        losses = [float(train_step(b, m, t, physics)) for b, m, t in data]
        print(f"{stage:18s} epoch {epoch}  loss {np.mean(losses):.6f}")
