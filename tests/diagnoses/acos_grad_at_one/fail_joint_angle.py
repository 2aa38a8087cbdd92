"""Two-link arm: learn link lengths from reach distance and measured elbow angle."""
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(2)
L1, L2 = 0.5, 0.5
elbow = rng.uniform(0.3, 2.5, 120).astype("float32")
elbow[40] = 0.0                     # calibration pose, arm stretched out
reach = np.sqrt(L1 ** 2 + L2 ** 2 + 2 * L1 * L2 * np.cos(elbow)).astype("float32")

links = tf.Variable([0.5, 0.5])
offset = tf.Variable(0.05)
opt = tf.keras.optimizers.SGD(1e-3)


def elbow_from_reach(d):
    a, b = links[0], links[1]
    c = (d ** 2 - a ** 2 - b ** 2) / (2.0 * a * b)
    return tf.acos(c) + offset  # whynan: acos_grad_at_one phase=gradient rows=40


for it in range(4):
    with tf.GradientTape() as tape:
        err = elbow_from_reach(tf.constant(reach)) - elbow
        loss = tf.reduce_mean(tf.abs(err))
    grads = tape.gradient(loss, [links, offset])
    opt.apply_gradients(zip(grads, [links, offset]))
    print(f"it {it} loss {loss.numpy():.5f} links {links.numpy()} offset {offset.numpy():.4f}")
