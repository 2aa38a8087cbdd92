"""Fit the parameters of a predator prey model by unrolling it and comparing with observations."""
import numpy as np
import tensorflow as tf

tf.random.set_seed(5)
STEPS, DT = 100, 0.1


def simulate(params, prey, predator):
    a, b, c, d = tf.unstack(params)
    trace = []
    for _ in range(STEPS):
        meet = prey * predator  # whynan: exploding_gradient phase=forward also=learning_rate_too_high
        prey = prey + DT * (a * prey - b * meet)
        predator = predator + DT * (d * meet - c * predator)
        trace.append(tf.stack([prey, predator], -1))
    return tf.stack(trace, 1)


start = np.random.default_rng(5).uniform(1.0, 3.0, (16, 2)).astype("float32")
observed = simulate(tf.constant([0.9, 0.5, 0.8, 0.4]), start[:, 0], start[:, 1])

guess = tf.Variable([1.3, 0.4, 0.6, 0.6])


@tf.function
def fit_step(rate):
    with tf.GradientTape() as tape:
        predicted = simulate(guess, start[:, 0], start[:, 1])
        loss = tf.reduce_mean(tf.square(predicted - observed))
    grad = tape.gradient(loss, guess)
    guess.assign_sub(rate * grad)
    return loss, tf.norm(grad)


for it in range(25):
    loss, norm = fit_step(0.05)
    print(it, float(loss), float(norm))
print("parameters", guess.numpy())
