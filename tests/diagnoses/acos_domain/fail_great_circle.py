"""Geolocation of tweets: the network moves the position that the user profile claims."""
import numpy as np
import tensorflow as tf

tf.random.set_seed(41)
rng = np.random.default_rng(41)
RADIUS = 6371.0
profile = np.stack([rng.uniform(35, 60, 200), rng.uniform(-10, 30, 200)], 1)
actual = profile + np.where(rng.random((200, 1)) < 0.5, 0.0, rng.normal(0, 2, (200, 2)))
profile, actual = np.radians(profile).astype("float32"), np.radians(actual).astype("float32")
words = rng.normal(size=(200, 20)).astype("float32")

W = tf.Variable(tf.zeros((20, 2)))
rate = 1e-5


def distance_km(p, q):
    central = (tf.sin(p[:, 0]) * tf.sin(q[:, 0])
               + tf.cos(p[:, 0]) * tf.cos(q[:, 0]) * tf.cos(p[:, 1] - q[:, 1]))
    return RADIUS * tf.acos(central)  # whynan: acos_domain phase=loss also=acos_grad_at_one


@tf.function
def train_step(x, start, goal):
    with tf.GradientTape() as tape:
        km = tf.reduce_mean(distance_km(start + x @ W, goal))
    W.assign_sub(rate * tape.gradient(km, W))
    return km


for epoch in range(3):
    km = train_step(words, profile, actual)
    print("epoch", epoch, "mean error [km]:", float(km))
