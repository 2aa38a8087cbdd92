# whynan: healthy
"""A scale variable that does cross zero, but only its square plus a floor is used; another one has a NonNeg constraint."""
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(91)
resid = tf.constant(rng.normal(0, 0.15, 150), tf.float32)
raw = tf.Variable(0.4)
tau = tf.Variable(1.0, constraint=lambda t: tf.maximum(t, 0.05))
opt = tf.keras.optimizers.SGD(0.2)
for it in range(60):
    with tf.GradientTape() as tape:
        var = raw ** 2 + 1e-2
        loss = tf.reduce_mean(0.5 * resid ** 2 / var + 0.5 * tf.math.log(var)) + tf.math.log(tau) * 0.1 + 0.01 / tau
    g = tape.gradient(loss, [raw, tau])
    raw.assign_sub(0.2 * g[0])
    tau.assign(tau.constraint(tau - 0.2 * g[1]))
    if it % 10 == 0:
        print(it, loss.numpy(), raw.numpy(), tau.numpy())
