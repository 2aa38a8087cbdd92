"""Next reading of a ridge-top wind vane (as sine/cosine voltages) from the last six readings.

The logger sometimes drops out for a few records. Batches touched by a dropout are left out of training.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(360)
rng = np.random.default_rng(360)

LAGS = 6
BATCH = 48

# ---------------------------------------------------------------- logger file
n = 1850
angle = np.cumsum(rng.normal(0, 0.08, n)) + 0.8 * np.sin(np.arange(n) / 70)
volts = np.stack([2.5 + 2 * np.sin(angle), 2.5 + 2 * np.cos(angle)], axis=1)
volts += rng.normal(0, 0.05, volts.shape)
for start, length in [(402, 7), (1013, 1), (1200, 4)]:
    volts[start:start + length] = 9.999       # logger's "no signal" code

volts[volts > 5.0] = np.nan
signal = ((volts - np.nanmean(volts, axis=0)) / np.nanstd(volts, axis=0)).astype("float32")

windows = np.stack([signal[i:n - LAGS + i] for i in range(LAGS)], axis=1).reshape(n - LAGS, -1)
target = signal[LAGS:]
starts = np.arange(0, len(windows) - BATCH + 1, BATCH)
train_starts, test_starts = starts[:-8], starts[-8:]

# ---------------------------------------------------------------- model
model = keras.Sequential([
    keras.layers.Input((2 * LAGS,)),
    keras.layers.Dense(40, activation="tanh"),
    keras.layers.Dense(40, activation="tanh"),
    keras.layers.Dense(2),
])
optimizer = keras.optimizers.Adam(2e-3)


@tf.function
def gradients(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x, training=True) - y))
    grads = tape.gradient(loss, model.trainable_variables)
    return loss, grads, tf.linalg.global_norm(grads)


smoothed = None
for epoch in range(10):
    skipped, losses = [], []
    for start in rng.permutation(train_starts):
        x = tf.constant(windows[start:start + BATCH])
        y = tf.constant(target[start:start + BATCH])
        loss, grads, norm = gradients(x, y)
        if not (np.isfinite(float(loss)) and np.isfinite(float(norm))):
            skipped.append(int(start))
            continue
        optimizer.apply_gradients(zip(grads, model.trainable_variables))  # whynan: healthy
        losses.append(float(loss))
        smoothed = losses[-1] if smoothed is None else 0.95 * smoothed + 0.05 * losses[-1]
    print(f"epoch {epoch}: mse {np.mean(losses):.4f} smoothed {smoothed:.4f} "
          f"used {len(losses)} batches, skipped {sorted(skipped)}")

# ---------------------------------------------------------------- check
errors = []
for start in test_starts:
    p = model(windows[start:start + BATCH]).numpy()
    t = target[start:start + BATCH]
    turn = np.arctan2(p[:, 0], p[:, 1]) - np.arctan2(t[:, 0], t[:, 1])
    errors.append(np.degrees(np.abs(np.angle(np.exp(1j * turn)))))
print("mean direction error per block (deg):", [round(float(e.mean()), 1) for e in errors])
print("all weights finite:", all(np.isfinite(w).all() for w in model.get_weights()))
