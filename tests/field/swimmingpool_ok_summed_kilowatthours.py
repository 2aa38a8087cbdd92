"""Heating energy of public swimming pools (kWh per week), linear model.

Everything about this looks wrong: the loss starts above 1e11, the gradient norms are in the
millions and the learning rate that works best is 4000. A colleague says that it can only be luck that it has not blown up.
"""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(40)

WEEKS, BATCH, EPOCHS = 3000, 100, 20


def energy_meter(n):
    rng = np.random.default_rng(16)
    outside = rng.normal(9, 7, n)
    visitors = rng.gamma(6, 300, n)
    basin = rng.normal(640, 120, n)
    humidity = rng.normal(58, 5, n)
    wind = rng.gamma(3, 1.2, n)
    hall = rng.normal(30, 0.8, n)
    raw = np.stack([outside, visitors, basin, humidity, wind, hall], axis=1)
    scaled = (raw - raw.mean(axis=0)) / raw.std(axis=0)
    kwh = 42000 + scaled @ np.array([-6200.0, 1500.0, 4800.0, -900.0, 700.0, 1900.0])
    return scaled.astype("float32"), (kwh + rng.normal(0, 1500, n)).astype("float32")


x, kwh = energy_meter(WEEKS)
model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1)])
optimizer = keras.optimizers.Adagrad(learning_rate=4000.0)
optimizer.build(model.trainable_variables)
squared_error = keras.losses.MeanSquaredError(reduction="sum")


@tf.function
def step(xb, yb):
    with tf.GradientTape() as tape:
        loss = squared_error(yb[:, None], model(xb, training=True))
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss, tf.linalg.global_norm(grads)


weeks = tf.data.Dataset.from_tensor_slices((x, kwh)).shuffle(WEEKS, seed=9).batch(BATCH)
for epoch in range(EPOCHS):
    losses, norms = [], []
    for xb, yb in weeks:
        loss, norm = step(xb, yb)
        losses.append(float(loss))
        norms.append(float(norm))
    print(f"epoch {epoch:2d}  summed loss {np.mean(losses):.3e}  gradient norm {np.mean(norms):.3e}")

kernel, bias = model.get_weights()
print("base load", bias, "coefficients", kernel.ravel())
