"""Motor temperature of an escalator from minute records, mixed_float16 with a small loss scaler of our own.

Batches keep the order of the week.  On Tuesday the pulse counter was unplugged for some hours: those batches give a
non-finite gradient and are skipped, as planned.  But after the counter is plugged in again the loss stays nan.
"""
import keras
import numpy as np
import tensorflow as tf

keras.config.set_dtype_policy("mixed_float16")
keras.utils.set_random_seed(99)

BATCH = 32
NOT_CONNECTED = 0xFFFF


class Scaler:
    """Halves after an overflow, doubles after a quiet time."""

    def __init__(self, start=1024, patience=60, largest=2**15):
        self.scale = start
        self.patience = patience
        self.largest = largest
        self.quiet = 0
        self.skipped = 0

    def good(self):
        self.quiet += 1
        if self.quiet >= self.patience:
            self.scale = min(self.scale * 2, self.largest)
            self.quiet = 0

    def overflow(self):
        self.scale //= 2
        self.quiet = 0
        self.skipped += 1


def minute_records(count=6400):
    rng = np.random.default_rng(41)
    minute = np.arange(count)
    people = np.clip(120 + 90 * np.sin(2 * np.pi * minute / 1440 - 1.2) + rng.normal(0, 20, count), 0, None)
    hall = 18 + 4 * np.sin(2 * np.pi * minute / 1440 - 2.0) + rng.normal(0, 0.5, count)
    current = 11 + 0.06 * people + rng.normal(0, 0.6, count)
    pulses = np.round(100 + 0.9 * people + rng.normal(0, 3, count))
    motor = hall + 0.9 * current + 0.05 * people + rng.normal(0, 0.8, count)
    pulses[2890:3520] = NOT_CONNECTED
    x = np.stack([people, hall, current, pulses], axis=1).astype("float32")
    y = ((motor - 38.0) / 8.0).astype("float32")
    return x, y[:, None]


model = keras.Sequential([
    keras.Input((4,)),
    keras.layers.Rescaling(0.01),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(1, dtype="float32"),
])
optimizer = keras.optimizers.Adam(1e-3)
mse = keras.losses.MeanSquaredError()


@tf.function
def scaled_gradients(x, y, scale):
    with tf.GradientTape() as tape:
        loss = mse(y, model(x, training=True))
        scaled = loss * scale
    return loss, tape.gradient(scaled, model.trainable_variables)


def all_finite(grads):
    return all(bool(tf.reduce_all(tf.math.is_finite(g))) for g in grads)


def train(x, y, epochs):
    scaler = Scaler()
    week = tf.data.Dataset.from_tensor_slices((x, y)).batch(BATCH, drop_remainder=True)
    for epoch in range(epochs):
        kept = []
        for step, (xb, yb) in enumerate(week):
            loss, grads = scaled_gradients(xb, yb, tf.constant(scaler.scale, tf.float32))
            if not all_finite(grads):
                scaler.overflow()
                continue
            optimizer.apply_gradients([(g / scaler.scale, v) for g, v in zip(grads, model.trainable_variables)])  # whynan: loss_scale phase=gradient|update also=divide_by_zero,float16_overflow
            scaler.good()
            kept.append(float(loss))
            if step % 25 == 0:
                print(f"epoch {epoch} batch {step:3d} loss {kept[-1]:.4f} skipped so far {scaler.skipped}")
        print(f"epoch {epoch}: mean {np.mean(kept):.4f}")


train(*minute_records(), epochs=2)
