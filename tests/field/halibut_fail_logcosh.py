"""Estimate the weight of halibut (kg) from measurements on the sorting belt."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)


@tf.custom_gradient
def log_cosh(e):
    # log(cosh(e)) written so that big residuals do not overflow
    a = tf.abs(e)
    value = a + tf.math.softplus(-2.0 * a) - tf.math.log(2.0)

    def backward(upstream):
        return upstream * tf.sinh(e)  # whynan: wrong_custom_gradient phase=gradient

    return value, backward


# ---- data: length-weight relation of the IPHC with 8 percent scatter
n = 1400
length = rng.uniform(60.0, 165.0, n)
width = length * rng.normal(0.36, 0.015, n)
female = rng.random(n) < 0.5
camera = rng.normal(0.0, 1.0, n)
weight = 3.12e-6 * length ** 3.24 * (1.0 + 0.04 * female) * (1.0 + 0.08 * rng.normal(size=n))

table = np.stack([length, width, female, camera], axis=1)
table = (table - table.mean(axis=0)) / table.std(axis=0)
x = table.astype(np.float32)
y = weight.astype(np.float32)[:, None]

train = tf.data.Dataset.from_tensor_slices((x[:1200], y[:1200])).shuffle(1200, seed=0).batch(64)

net = keras.Sequential([
    keras.layers.Input((4,)),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(1),
])
sgd = keras.optimizers.SGD(learning_rate=0.005)


@tf.function
def train_one(xb, yb):
    with tf.GradientTape() as tape:
        residual = net(xb, training=True) - yb
        loss = tf.reduce_mean(log_cosh(residual))
    grads = tape.gradient(loss, net.trainable_variables)
    sgd.apply_gradients(zip(grads, net.trainable_variables))
    return loss


for epoch in range(4):
    total, batches = 0.0, 0
    for xb, yb in train:
        total += float(train_one(xb, yb))
        batches += 1
    print(f"epoch {epoch}  log-cosh {total / batches:.3f} kg")

error = np.abs(net(x[1200:]).numpy() - y[1200:])
print("median error on 200 fish: %.2f kg" % np.median(error))
