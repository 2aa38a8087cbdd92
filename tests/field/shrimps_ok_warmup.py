"""Weekly growth of pond shrimps from water quality; tanh network, Adam, learning rate set by hand."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(88)
rng = np.random.default_rng(88)

PEAK_LR = 5e-3
WARMUP = 10
BATCH = 32
EPOCHS = 40


def ponds(n):
    temp = rng.normal(28.5, 1.8, n)
    oxygen = np.clip(rng.normal(5.5, 1.3, n), 1.5, 9)
    salinity = rng.normal(18, 6, n)
    ammonia = rng.gamma(2.0, 0.15, n)
    density = rng.uniform(30, 150, n)
    feed = rng.normal(4.0, 0.7, n)
    week = rng.integers(2, 15, n)
    growth = (1.6 * np.exp(-((temp - 29.5) / 3) ** 2) * np.tanh(oxygen / 4) * feed / 4
              - 0.5 * ammonia - 0.004 * density + 0.02 * week + rng.normal(0, 0.1, n))
    return np.c_[temp, oxygen, salinity, ammonia, density, feed, week], growth


X, g = ponds(2000)
X = (X - X.mean(0)) / X.std(0)
g = (g - g.mean()) / g.std()
Xtr, ytr = X[:1600].astype("float32"), g[:1600, None].astype("float32")
Xte, yte = X[1600:].astype("float32"), g[1600:, None].astype("float32")

net = keras.Sequential([
    keras.Input((7,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(1),
])
adam = keras.optimizers.Adam(PEAK_LR)


@tf.function
def update(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(net(x, training=True) - y))
    grads = tape.gradient(loss, net.trainable_variables)
    adam.apply_gradients(zip(grads, net.trainable_variables))
    return loss


step = 0
data = tf.data.Dataset.from_tensor_slices((Xtr, ytr)).shuffle(1600, seed=2).batch(BATCH)
for epoch in range(EPOCHS):
    seen = []
    for x, y in data:
        step += 1
        adam.learning_rate.assign(PEAK_LR * step / WARMUP)  # whynan: unstable
        seen.append(float(update(x, y)))
    if epoch % 3 == 0 or epoch == EPOCHS - 1:
        test = float(np.mean((net(Xte).numpy() - yte) ** 2))
        print(f"epoch {epoch:2d}  mse {np.mean(seen):9.3f}   test {test:9.3f}")
