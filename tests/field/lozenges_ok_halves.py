"""Hardness of pressed lozenges from press settings.

Half precision by hand: master weights in float32, arithmetic in float16,
gradients summed over four micro batches.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(303)

MICRO = 4
BATCH = 128
EPOCHS = 12
RATE = 0.05
HALF = tf.float16


def press_data(n=1792):
    rng = np.random.default_rng(70)
    force = rng.normal(14.0, 2.5, n)
    dwell = rng.uniform(30, 120, n)
    moist = rng.normal(2.1, 0.4, n)
    binder = rng.uniform(1.0, 4.0, n)
    grain = rng.normal(180, 35, n)
    hard = (60 + 4.5 * (force - 14) + 0.12 * (dwell - 75) - 9.0 * (moist - 2.1)
            + 5.0 * (binder - 2.5) - 0.05 * (grain - 180)
            + 1.5 * (force - 14) * (binder - 2.5) + rng.normal(0, 3.0, n))
    x = np.stack([force, dwell, moist, binder, grain], 1)
    x = (x - x.mean(0)) / x.std(0)
    return x.astype("float32"), ((hard - hard.mean()) / hard.std()).astype("float32")


params = [
    tf.Variable(tf.random.normal([5, 32], stddev=0.45), name="w1"),
    tf.Variable(tf.zeros([32]), name="b1"),
    tf.Variable(tf.random.normal([32, 1], stddev=0.18), name="w2"),
    tf.Variable(tf.zeros([1]), name="b2"),
]
scale = tf.Variable(2.0 ** 24, trainable=False, name="scale")
calm = tf.Variable(0, trainable=False, name="steps_since_skip")
skipped = tf.Variable(0, trainable=False, name="skipped")


def forward(x):
    w1, b1, w2, b2 = [tf.cast(p, HALF) for p in params]
    h = tf.tanh(tf.matmul(tf.cast(x, HALF), w1) + b1)
    return tf.cast(tf.squeeze(tf.matmul(h, w2) + b2, 1), tf.float32)


@tf.function
def train_step(x, y):
    total = [tf.zeros_like(p) for p in params]
    losses = []
    for xm, ym in zip(tf.split(x, MICRO), tf.split(y, MICRO)):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(forward(xm) - ym))
            big = loss * scale
        grads = tape.gradient(big, params)
        total = [t + g / (scale * MICRO) for t, g in zip(total, grads)]
        losses.append(loss)

    usable = tf.reduce_all([tf.reduce_all(tf.math.is_finite(t)) for t in total])
    if usable:
        for p, t in zip(params, total):
            p.assign_sub(RATE * t)
        calm.assign_add(1)
        if calm >= 40:
            scale.assign(scale * 2.0)
            calm.assign(0)
    else:
        scale.assign(scale * 0.5)
        calm.assign(0)
        skipped.assign_add(1)
    return tf.add_n(losses) / float(MICRO)


x, y = press_data()
rows = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=2)
rows = rows.batch(BATCH, drop_remainder=True)

for epoch in range(EPOCHS):
    losses = [float(train_step(xb, yb)) for xb, yb in rows]  # whynan: healthy
    print(f"epoch {epoch:2d}  mse {np.mean(losses):.4f}  scale 2^{int(np.log2(scale.numpy()))}"
          f"  skipped {int(skipped.numpy())}")
