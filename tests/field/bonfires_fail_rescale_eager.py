"""
Air temperature beside the midsummer bonfires, one hour ahead, from the last 24 readings of four probes.
Gradients are limited by their global norm, because the fires make the readings jump.
"""
import numpy as np
import tensorflow as tf
import keras

MAX_NORM = 1.0
RATE = 0.05
WINDOW = 24

keras.utils.set_random_seed(624)


def probes(hours=1100, seed=624):
    rng = np.random.default_rng(seed)
    t = np.arange(hours)
    daily = 6 * np.sin(2 * np.pi * (t - 9) / 24)
    weather = np.convolve(rng.normal(0, 1, hours + 47), np.ones(48) / 7, mode="valid")
    air = 18 + daily + weather + rng.normal(0, 0.4, hours)
    ground = 16 + 0.6 * np.roll(daily, 3) + rng.normal(0, 0.5, hours)
    smoke = rng.gamma(2.0, 1.0, hours) + 0.1 * np.abs(daily)
    wind = rng.weibull(2.0, hours) * 4
    return np.stack([air, ground, smoke, wind], axis=1).astype("float32"), air.astype("float32")


def windows(series, target):
    z = (series - series.mean(0)) / series.std(0)
    x = np.stack([z[i:i + WINDOW] for i in range(len(z) - WINDOW)])
    return x, target[WINDOW:, None]


X, Y = windows(*probes())
split = 900
train = tf.data.Dataset.from_tensor_slices((X[:split], Y[:split])).shuffle(split, seed=1).batch(50)

net = keras.Sequential([
    keras.Input((WINDOW, 4)),
    keras.layers.Conv1D(16, 5, activation="tanh"),
    keras.layers.GlobalAveragePooling1D(),
    keras.layers.Dense(1),
])
sgd = keras.optimizers.SGD(RATE)
sgd.build(net.trainable_variables)


def limit(gradients, max_norm):
    norm = tf.linalg.global_norm(gradients)
    ratio = tf.maximum(norm / max_norm, 1.0)
    return [g * ratio for g in gradients], norm



def step(x, y):
    with tf.GradientTape() as tape:
        forecast = net(x, training=True)
        loss = tf.reduce_mean(tf.square(y - forecast))  # whynan: clip_misuse phase=loss|gradient also=exploding_gradient
    grads = tape.gradient(loss, net.trainable_variables)
    grads, norm = limit(grads, MAX_NORM)
    sgd.apply_gradients(zip(grads, net.trainable_variables))
    return loss, norm


for epoch in range(12):
    loss_sum, norm_max, count = 0.0, 0.0, 0
    for xb, yb in train:
        value, norm = step(xb, yb)
        loss_sum += float(value)
        norm_max = max(norm_max, float(norm))
        count += 1
    print(f"epoch {epoch + 1}: mse {loss_sum / count:.3f}, largest norm {norm_max:.2f}")

rmse = np.sqrt(np.mean((net.predict(X[split:], verbose=0) - Y[split:]) ** 2))
print(f"rmse of the last days: {rmse:.2f} degC")
