"""Few-shot regression of sines: the inner loop takes steps of its own, and takes far too large ones."""

import numpy as np
import tensorflow as tf

import keras

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
INNER_RATE = 40.0

weights = [
    tf.Variable(tf.random.normal((1, 24), stddev=0.7, seed=1)),
    tf.Variable(tf.zeros((24,))),
    tf.Variable(tf.random.normal((24, 1), stddev=0.3, seed=2)),
]
optimizer = keras.optimizers.Adam(1e-3)


def task(shots=16):
    amplitude, phase = rng.uniform(0.5, 2.0), rng.uniform(0, np.pi)
    x = rng.uniform(-3, 3, (2 * shots, 1)).astype("float32")
    y = (amplitude * np.sin(x + phase)).astype("float32")
    return (x[:shots], y[:shots]), (x[shots:], y[shots:])


def error(w, x, y):
    hidden = tf.nn.relu(x @ w[0] + w[1])
    return tf.reduce_mean(tf.square(hidden @ w[2] - y))  # whynan: learning_rate_too_high phase=loss|forward|gradient also=exploding_gradient


for episode in range(40):
    support, query = task()
    with tf.GradientTape() as outer:
        fast = list(weights)
        for _ in range(5):
            with tf.GradientTape() as inner:
                inner.watch(fast)
                loss = error(fast, *support)
            slopes = inner.gradient(loss, fast)
            fast = [w - INNER_RATE * slope for w, slope in zip(fast, slopes)]
        objective = error(fast, *query)
    optimizer.apply_gradients(zip(outer.gradient(objective, weights), weights))
    if episode % 10 == 0:
        print(episode, float(objective))
