import numpy as np
import tensorflow as tf
import keras
from keras.layers import Dense, Input

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)

# brood size of guppies from mother's length, age, temperature, food and tank density
N = 960
length = rng.normal(33, 5, N)
age = rng.uniform(4, 20, N)
temp = rng.normal(25.5, 1.5, N)
food = rng.choice([1, 2, 3], N)
density = rng.gamma(3, 0.5, N)
rate = np.exp(2.9 + 0.06 * (length - 33) + 0.12 * (food - 2) - 0.1 * density - 0.04 * (temp - 25.5) ** 2)
fry = np.clip(rng.poisson(rate), 3, 80).astype("float32")

X = np.stack([length, age, temp, food, density], axis=1)
X = ((X - X.mean(0)) / X.std(0)).astype("float32")
X_tr, y_tr = X[:800], fry[:800, None]
X_te, y_te = X[800:], fry[800:, None]
print("brood size: min %d, median %d, max %d" % (fry.min(), np.median(fry), fry.max()))

net = keras.Sequential([
    Input((5,)),
    Dense(16, activation="tanh"),
    Dense(1, activation="exponential"),
])
sgd = keras.optimizers.SGD(learning_rate=1e-3)

batches = (
    tf.data.Dataset.from_tensor_slices((X_tr, y_tr))
    .shuffle(800, seed=9, reshuffle_each_iteration=True)
    .batch(32)
)


@tf.function
def step(xb, yb):
    with tf.GradientTape() as tape:
        expected = net(xb, training=True)  # whynan: wrong_sign_loss phase=forward also=exp_overflow,exploding_gradient
        nll = tf.reduce_mean(keras.losses.poisson(expected, yb))
    g = tape.gradient(nll, net.trainable_variables)
    sgd.apply_gradients(zip(g, net.trainable_variables))
    return nll


for epoch in range(30):
    total, k = 0.0, 0
    for xb, yb in batches:
        total += float(step(xb, yb))
        k += 1
    if epoch % 3 == 0:
        print(f"epoch {epoch:2d}  poisson loss {total / k:10.4f}")

pred = net.predict(X_te, verbose=0)
print("mean abs error on the held-out broods: %.2f fry" % np.mean(np.abs(pred - y_te)))
