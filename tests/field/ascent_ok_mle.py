"""Maximum likelihood by gradient ascent: the log likelihood rises from -3 to about -1.4, then a count of matches rises."""
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(5)
x = tf.constant(rng.normal(4.0, 1.0, 500).astype("float32"))
mu = tf.Variable(0.0)


@tf.function
def ascend():
    with tf.GradientTape() as tape:
        score = tf.reduce_mean(tf.exp(-0.5 * tf.square(x - mu) / 9.0)) * 100.0
    mu.assign_add(0.02 * tape.gradient(score, mu))
    return score


history = []
for it in range(400):
    history.append(float(ascend()))  # whynan: healthy
print(history[0], history[-1], float(mu))
