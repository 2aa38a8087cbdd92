import time

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(3)
# the model shall run on the watch, so it is trained in half precision from the start
keras.config.set_dtype_policy("float16")


def tours(n=1200):
    """Minutes to the summit from what is known at the hut."""
    r = np.random.default_rng(31)
    climb = r.uniform(500, 1700, n)          # metres of ascent
    way = climb / 1000 * r.uniform(4, 9, n)  # km
    age = r.integers(16, 74, n)
    pack = r.gamma(5, 1.7, n)                # kg
    snow = (r.random(n) < 0.25).astype(float)
    tours_before = r.poisson(6, n)
    pulse = r.normal(62, 8, n)
    pace = 0.22 * climb + 14 * way + 0.9 * (age - 40) + 3.1 * pack + 70 * snow
    minutes = pace + 60 - 4.0 * np.sqrt(tours_before) * 3 + 0.6 * (pulse - 62) + r.normal(0, 15, n)
    table = np.column_stack([climb, way, age, pack, snow, tours_before, pulse])
    return table.astype("float32"), minutes.astype("float32")


x, minutes = tours()
x = (x - x.mean(0)) / x.std(0)
print("minutes: %.0f to %.0f, mean %.0f" % (minutes.min(), minutes.max(), minutes.mean()))

n_train = 1000
x_train, t_train = x[:n_train], minutes[:n_train, None]
x_test, t_test = x[n_train:], minutes[n_train:, None]

inp = keras.Input((x.shape[1],))
h = keras.layers.Dense(64, activation="relu")(inp)
h = keras.layers.Dense(64, activation="relu")(h)
skip = keras.layers.Dense(32)(inp)
h = keras.layers.Dense(32, activation="relu")(h)
h = keras.layers.Concatenate()([h, skip])
h = keras.layers.Dense(16, activation="relu")(h)
out = keras.layers.Dense(1)(h)
net = keras.Model(inp, out)
net.summary(line_length=80)

mse = keras.losses.MeanSquaredError()
optimizer = keras.optimizers.Adam(learning_rate=0.002)

batches = tf.data.Dataset.from_tensor_slices((x_train, t_train)).shuffle(n_train, seed=8).batch(64)

began = time.time()
for epoch in range(4):
    losses = []
    for bx, bt in batches:
        with tf.GradientTape() as tape:
            guess = net(bx, training=True)
            loss = mse(bt, guess)
        grads = tape.gradient(loss, net.trainable_variables)
        optimizer.apply_gradients(zip(grads, net.trainable_variables))  # whynan: float16_optimizer_state phase=update also=float16_overflow,unscaled_target
        losses.append(float(loss))
    print(f"epoch {epoch + 1}: first batch {losses[0]:.1f}, mean {np.mean(losses):.1f}")

guess = net(x_test, training=False).numpy().astype("float32")
print("mean error on test tours: %.1f min" % np.abs(guess - t_test).mean())
print("took %.1f s" % (time.time() - began))
