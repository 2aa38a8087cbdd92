"""Learn a perturbation of a ring molecule from second order energies."""
import numpy as np
import tensorflow as tf

tf.random.set_seed(1)
SITES = 6
hop = np.zeros((SITES, SITES), "float32")
for i in range(SITES):
    hop[i, (i + 1) % SITES] = hop[(i + 1) % SITES, i] = -1.0
onsite = np.diag([0.0, 0.3, 0.0, 0.3, 0.0, 0.3]).astype("float32")

k = np.arange(SITES)
energies = tf.constant(np.round(-2.0 * np.cos(2 * np.pi * k / SITES), 4), tf.float32)     # analytic levels of the ring
v = tf.Variable(tf.random.normal((SITES, SITES), stddev=0.1))
measured = tf.constant([-2.06, -1.03, 0.98, 2.05, 1.02, -0.97])
opt = tf.keras.optimizers.Adam(0.01)


def second_order(pert):
    sym = (pert + tf.transpose(pert)) / 2
    first = tf.linalg.diag_part(sym)
    coupling = tf.square(sym - tf.linalg.diag(first))
    gaps = energies[:, None] - energies[None, :] + tf.eye(SITES)
    second = tf.reduce_sum(coupling / gaps, axis=1)  # whynan: degenerate_eigenvalues phase=loss|forward also=divide_by_zero
    return energies + first + second


for it in range(4):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(second_order(v) - measured))
    grad = tape.gradient(loss, v)
    opt.apply_gradients([(grad, v)])
    print(f"it {it}: loss {loss.numpy()}  |v| {tf.norm(v).numpy()}")
