"""Pointing correction for a heliostat field.

Learns the horizontal drift (mrad) of a mirror from direct irradiance, wind and
sun position. The logger of the pyranometer drops out now and then.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(41)
rng = np.random.default_rng(41)

BATCH = 64
EPOCHS = 8


def load_log(n=2400):
    elevation = rng.uniform(12, 78, n)
    dni = 950 * np.sin(np.radians(elevation)) ** 0.3 * rng.uniform(0.5, 1.0, n)
    wind = rng.weibull(2.0, n) * 5
    azimuth = rng.uniform(-110, 110, n)
    mirror_temp = 18 + 0.02 * dni + rng.normal(0, 2, n)
    drift = (0.8 * np.log(dni) - 0.05 * wind**1.5 + 0.6 * np.sin(np.radians(azimuth))
             + 0.03 * mirror_temp + rng.normal(0, 0.1, n))
    dropout = rng.choice(n, 6, replace=False)
    dni[dropout] = 0.0
    x = np.stack([dni, wind, elevation, azimuth, mirror_temp], axis=1)
    return x.astype("float32"), (drift - drift.mean()).astype("float32")


x, y = load_log()
n_train = 2000
centre = x[:n_train, 1:].mean(axis=0)
spread = x[:n_train, 1:].std(axis=0)


def features(raw):
    sun = tf.math.log(raw[:, :1]) - 6.5
    rest = (raw[:, 1:] - centre) / spread
    return tf.concat([sun, rest], axis=1)


model = keras.Sequential([
    keras.Input((5,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(1),
])
opt = keras.optimizers.Adam(3e-3)
opt.build(model.trainable_variables)


@tf.function
def train_step(raw, target):
    with tf.GradientTape() as tape:
        pred = model(features(raw), training=True)[:, 0]
        loss = tf.reduce_mean(tf.square(pred - target))
    grads = tape.gradient(loss, model.trainable_variables)
    norm = tf.linalg.global_norm(grads)
    usable = tf.math.is_finite(norm) & tf.math.is_finite(loss)
    if usable:
        opt.apply_gradients(zip(grads, model.trainable_variables))  # whynan: healthy
    return loss, norm, usable


ds = (tf.data.Dataset.from_tensor_slices((x[:n_train], y[:n_train]))
      .shuffle(n_train, seed=1)
      .batch(BATCH))

for epoch in range(EPOCHS):
    mean_loss = keras.metrics.Mean()
    skipped, largest = 0, 0.0
    for raw, target in ds:
        loss, norm, usable = train_step(raw, target)
        if usable:
            mean_loss.update_state(loss)
            largest = max(largest, float(norm))
        else:
            skipped += 1
    print(f"epoch {epoch + 1}  mse {float(mean_loss.result()):.4f}  "
          f"max |g| {largest:.2f}  skipped {skipped}")

test_x, test_y = x[n_train:], y[n_train:]
alive = test_x[:, 0] > 0
pred = model(features(tf.constant(test_x[alive])))[:, 0].numpy()
print("test rmse (mrad):", np.sqrt(np.mean((pred - test_y[alive]) ** 2)))
