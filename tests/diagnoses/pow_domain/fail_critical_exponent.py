"""Fit m(T) = A * (Tc - T)^b near a phase transition; Tc, A and b are free."""
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(6)
T = np.linspace(1.0, 2.2, 60).astype("float32")
m = (1.2 * (2.27 - T) ** 0.125 + rng.normal(0, 0.005, 60)).astype("float32")

A = tf.Variable(2.0)
Tc = tf.Variable(2.3)
b = tf.Variable(0.3)
adam = tf.keras.optimizers.Adam(0.05)


@tf.function
def chi2():
    model = A * tf.pow(Tc - T, b)  # whynan: pow_domain phase=loss|forward also=learning_rate_too_high
    return tf.reduce_mean(tf.square(model - m))


for it in range(80):
    with tf.GradientTape() as tape:
        loss = chi2()
    grads = tape.gradient(loss, [A, Tc, b])
    adam.apply_gradients(zip(grads, [A, Tc, b]))
    if it % 8 == 0:
        print(f"{it:3d} chi2={loss.numpy():.5f} Tc={Tc.numpy():.4f} b={b.numpy():.4f}")
