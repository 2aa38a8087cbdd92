"""River stage (m) at the weir, six hours ahead, trained in mixed precision with sixteen micro-batches per update.

The effective batch of 512 does not fit otherwise, and the buffers for the sums are kept small as well. A single
micro-batch per update trains without trouble. With sixteen every micro-batch loss of the first window is normal
(about 40), and after the first update the predictions are nan. The check on the loss never fires before that.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(40)
keras.mixed_precision.set_dtype_policy("mixed_float16")

MICRO_BATCHES = 16
MICRO_SIZE = 32
LOSS_SCALE = 1024.0


def gauges(n, rng):
    rain = rng.gamma(1.2, 1.0, (n, 6))
    upstream = 0.5 * rain.cumsum(axis=1)[:, -3:] + rng.normal(0, 0.2, (n, 3))
    stage = 4.2 + 0.25 * rain.sum(axis=1) + 0.1 * upstream[:, -1] + rng.normal(0, 0.1, n)
    x = np.concatenate([rain, upstream], axis=1)
    x = (x - x.mean(0)) / x.std(0)
    return x.astype("float32"), stage.astype("float32")[:, None]


def build(features):
    inputs = keras.Input((features,))
    h = keras.layers.Dense(64, activation="relu")(inputs)
    h = keras.layers.Dense(64, activation="relu")(h)
    return keras.Model(inputs, keras.layers.Dense(1, dtype="float32")(h))


x, y = gauges(2048, np.random.default_rng(40))
model = build(x.shape[1])
variables = model.trainable_variables
optimizer = keras.optimizers.Adam(1e-3)
optimizer.build(variables)
mse = keras.losses.MeanSquaredError()

sums = [tf.Variable(tf.zeros(v.shape, tf.float16), trainable=False) for v in variables]


@tf.function
def collect(xb, yb):
    with tf.GradientTape() as tape:
        loss = mse(yb, model(xb, training=True))
        scaled = loss * LOSS_SCALE
    for total, gradient in zip(sums, tape.gradient(scaled, variables)):
        total.assign_add(tf.cast(gradient, tf.float16))  # whynan: loss_scale phase=gradient|update also=float16_overflow
    return loss


@tf.function
def flush():
    mean = [tf.cast(total, tf.float32) / (LOSS_SCALE * MICRO_BATCHES) for total in sums]
    optimizer.apply_gradients(zip(mean, variables))
    for total in sums:
        total.assign(tf.zeros_like(total))


data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(2048, seed=40).batch(MICRO_SIZE).repeat(3)
window = []
for count, (xb, yb) in enumerate(data, 1):
    window.append(float(collect(xb, yb)))
    if count % MICRO_BATCHES == 0:
        print(f"update {count // MICRO_BATCHES:2d}  loss {np.mean(window):.4f}")
        if np.isfinite(window).all():
            flush()
        window = []
