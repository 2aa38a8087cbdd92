import numpy as np
import tensorflow as tf

tf.random.set_seed(0)
rng = np.random.default_rng(12)

# hourly rain in mm: mostly dry
X = rng.normal(size=(256, 4)).astype("float32")
rain = np.maximum(X @ [1.0, -0.5, 0.2, 0.1] - 1.0, 0).astype("float32")

W1 = tf.Variable(tf.random.normal((4, 16), stddev=0.5))
b1 = tf.Variable(tf.zeros(16))
W2 = tf.Variable(tf.random.normal((16, 1), stddev=0.5))
b2 = tf.Variable(tf.zeros(1))
params = [W1, b1, W2, b2]


def model(x):
    h = tf.nn.tanh(x @ W1 + b1)
    return tf.squeeze(tf.nn.relu(h @ W2 + b2), 1)


def per_hour_rmse(obs, pred):
    return tf.reduce_mean(tf.sqrt((obs - pred) ** 2))  # whynan: sqrt_grad_at_zero phase=gradient


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = per_hour_rmse(y, model(x))
    for p, g in zip(params, tape.gradient(loss, params)):
        p.assign_sub(0.05 * g)
    return loss


for e in range(3):
    for i in range(0, 256, 32):
        l = step(X[i:i + 32], rain[i:i + 32])
    print("epoch", e, "rmse", l.numpy())
