import math

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(7)

BASE_LR = 0.1
WARMUP_EPOCHS = 5
EPOCHS = 12
BATCH = 32


def make_rig_data(n=1920):
    """Belt slip on a two pulley rig: wrap angle, tension, rpm, wear, temperature."""
    rng = np.random.default_rng(5)
    wrap = rng.uniform(1.8, 3.4, n)
    tension = rng.uniform(80, 260, n)
    rpm = rng.uniform(300, 1800, n)
    wear = rng.beta(2, 5, n)
    temp = rng.normal(38, 7, n)
    mu = 0.45 - 0.2 * wear - 0.002 * (temp - 38)
    grip = tension * (1 - np.exp(-mu * wrap))
    slip = 100.0 / grip * (0.4 + rpm / 1800.0) + rng.normal(0, 0.05, n)
    feats = np.stack([wrap, tension, rpm, wear, temp], axis=1)
    feats = (feats - feats.mean(0)) / feats.std(0)
    slip = (slip - slip.mean()) / slip.std()
    return feats.astype("float32"), slip.astype("float32")[:, None]


X, Y = make_rig_data()
steps_per_epoch = len(X) // BATCH
total_steps = EPOCHS * steps_per_epoch
warmup_steps = WARMUP_EPOCHS * steps_per_epoch


def lr_at(step):
    if step < warmup_steps:
        return BASE_LR * (step + 1) / WARMUP_EPOCHS
    frac = (step - warmup_steps) / max(1, total_steps - warmup_steps)
    return 0.5 * BASE_LR * (1.0 + math.cos(math.pi * frac))


net = keras.Sequential([
    keras.layers.Input((X.shape[1],)),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(1),
])
sgd = keras.optimizers.SGD(learning_rate=BASE_LR, momentum=0.9)
sgd.build(net.trainable_variables)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        out = net(x, training=True)
        loss = tf.reduce_mean(tf.square(y - out))  # whynan: learning_rate_too_high phase=loss
    grads = tape.gradient(loss, net.trainable_variables)
    sgd.apply_gradients(zip(grads, net.trainable_variables))
    return loss


ds = tf.data.Dataset.from_tensor_slices((X, Y)).shuffle(len(X), seed=1).batch(BATCH)

step = 0
for epoch in range(EPOCHS):
    losses = []
    for xb, yb in ds:
        sgd.learning_rate = lr_at(step)
        losses.append(float(train_step(xb, yb)))
        step += 1
    print(f"[{epoch + 1}/{EPOCHS}] loss={np.mean(losses[-20:]):.4g}")
