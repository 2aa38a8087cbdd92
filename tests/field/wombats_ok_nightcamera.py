"""Wombat, wallaby or possum? Mixed precision with our own dynamic loss scale.

Written before we moved to Keras 3; kept because the scale is logged.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(17)
keras.mixed_precision.set_global_policy("mixed_float16")

BATCH = 60
EPOCHS = 6
GROW_EVERY = 40


def blobs(n, seed):
    rng = np.random.default_rng(seed)
    animal = rng.integers(0, 3, n)
    size = np.array([1.0, 0.6, 0.25])[animal] + rng.normal(0, 0.15, n)
    warmth = rng.normal(0.6, 0.1, n) + 0.1 * (animal == 1)
    speed = np.array([0.4, 1.6, 0.7])[animal] + rng.normal(0, 0.3, n)
    height = np.array([0.2, 0.8, 2.5])[animal] + rng.normal(0, 0.4, n)
    aspect = np.array([1.8, 0.7, 1.3])[animal] + rng.normal(0, 0.3, n)
    f = np.stack([size, warmth, speed, height, aspect], axis=1)
    return ((f - f.mean(0)) / f.std(0)).astype("float32"), animal.astype("int32")


x, y = blobs(1800, 17)
net = keras.Sequential([
    keras.Input((5,)),
    layers.Dense(64, activation="relu"),
    layers.Dense(64, activation="relu"),
    layers.Dense(3, dtype="float32"),
])
variables = net.trainable_variables
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
opt = keras.optimizers.Adam(1e-3)
opt.build(variables)


@tf.function
def gradients(xb, yb, scale):
    with tf.GradientTape() as tape:
        loss = loss_fn(yb, net(xb, training=True))
        scaled = loss * scale
    grads = tape.gradient(scaled, variables)
    usable = tf.reduce_all([tf.reduce_all(tf.math.is_finite(g)) for g in grads])
    return loss, grads, usable


scale = 2.0 ** 26
good = skipped = 0
data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(1800, seed=17).batch(BATCH)

for epoch in range(EPOCHS):
    losses = []
    for xb, yb in data:
        loss, grads, usable = gradients(xb, yb, tf.constant(scale))
        losses.append(float(loss))
        if not bool(usable):
            scale = max(1.0, scale / 2)
            good = 0
            skipped += 1
            continue
        opt.apply_gradients([(g / scale, v) for g, v in zip(grads, variables)])
        good += 1
        if good == GROW_EVERY:
            scale *= 2
            good = 0
    print(f"epoch {epoch}: loss {np.mean(losses):.4f}  scale 2^{int(np.log2(scale))}  skipped so far {skipped}")  # whynan: healthy

acc = np.mean(np.argmax(net.predict(x, verbose=0), axis=1) == y)
print("accuracy", round(float(acc), 3))
