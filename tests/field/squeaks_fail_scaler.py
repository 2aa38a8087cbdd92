"""Door-hinge squeak classifier, end-of-line test bench.

40 band energies per slam -> ok / dry hinge / worn bush.
Half precision throughout because the bench PC shares its card with the camera.
We have our own loop, so also our own little gradient scaler.
"""
import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(4711)
keras.config.set_dtype_policy("mixed_float16")

BANDS, CLASSES = 40, 3


def record_slams(n):
    rng = np.random.default_rng(8)
    kind = rng.integers(0, CLASSES, n)
    freq = np.linspace(0, 1, BANDS)
    floor = 1.5 * np.exp(-3 * freq)[None, :]
    dry = np.exp(-0.5 * ((freq - 0.62) / 0.06) ** 2)
    worn = np.exp(-0.5 * ((freq - 0.25) / 0.10) ** 2)
    spec = floor + 0.45 * rng.normal(size=(n, BANDS))
    spec += (kind == 1)[:, None] * dry * rng.uniform(0.3, 1.4, (n, 1))
    spec += (kind == 2)[:, None] * worn * rng.uniform(0.3, 1.4, (n, 1))
    # the operators press the wrong button now and then
    wrong = rng.random(n) < 0.1
    kind = np.where(wrong, rng.integers(0, CLASSES, n), kind)
    spec = (spec - spec.mean(0)) / spec.std(0)
    return spec.astype("float32"), kind.astype("int32")


class GradScaler:
    """Multiply the loss before backprop, divide the gradients after it."""

    def __init__(self, start=2048.0, grow_every=40):
        self.value = tf.Variable(start, trainable=False, dtype=tf.float32)
        self.grow_every = grow_every
        self.streak = 0

    def scale(self, loss):
        return loss * tf.cast(self.value, loss.dtype)  # whynan: loss_scale phase=forward|loss|gradient also=float16_overflow

    def unscale(self, grads):
        return [tf.cast(g, tf.float32) / self.value for g in grads]

    def update(self, loss):
        if not math.isfinite(loss):
            self.value.assign(self.value / 2.0)
            self.streak = 0
            return
        self.streak += 1
        if self.streak == self.grow_every:
            self.value.assign(self.value * 2.0)
            self.streak = 0


net = keras.Sequential(
    [
        keras.Input((BANDS,)),
        layers.Dense(48, activation="relu"),
        layers.Dense(24, activation="relu"),
        layers.Dense(CLASSES),
    ]
)
opt = keras.optimizers.Adam(5e-4)
opt.build(net.trainable_variables)
scaler = GradScaler()


@tf.function
def train_step(xb, yb):
    with tf.GradientTape() as tape:
        logits = net(xb, training=True)
        ce = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=yb, logits=logits)
        loss = tf.reduce_mean(ce)
        scaled = scaler.scale(loss)
    grads = tape.gradient(scaled, net.trainable_variables)
    opt.apply_gradients(zip(scaler.unscale(grads), net.trainable_variables))
    return loss


x, y = record_slams(1600)
ds = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(1600, seed=2).batch(32)

for epoch in range(8):
    seen = []
    for xb, yb in ds:
        value = float(train_step(xb, yb))
        scaler.update(value)
        seen.append(value)
    print(f"epoch {epoch}  loss {np.mean(seen):.4f}  scale {float(scaler.value):.0f}")
