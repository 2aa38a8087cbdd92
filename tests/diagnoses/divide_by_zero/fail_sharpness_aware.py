"""SAM (sharpness aware minimisation) around a hinge classifier."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)
centers = np.array([[3.0, 3.0], [-3.0, -3.0]])
side = rng.integers(0, 2, 400)
pts = (centers[side] + rng.normal(0, 0.4, (400, 2))).astype("float32")
sign = (2.0 * side - 1.0).astype("float32")

net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(1)])
sgd = keras.optimizers.SGD(0.1)
RHO = 0.05


def hinge(x, t):
    margin = t * tf.squeeze(net(x, training=True), -1)
    return tf.reduce_mean(tf.nn.relu(1.0 - margin))


@tf.function
def sam_step(x, t):
    with tf.GradientTape() as tape:
        loss = hinge(x, t)
    grads = tape.gradient(loss, net.trainable_variables)
    scale = RHO / tf.linalg.global_norm(grads)  # whynan: divide_by_zero phase=gradient|update
    steps = [g * scale for g in grads]
    for v, e in zip(net.trainable_variables, steps):
        v.assign_add(e)
    with tf.GradientTape() as tape:
        perturbed = hinge(x, t)
    grads = tape.gradient(perturbed, net.trainable_variables)
    for v, e in zip(net.trainable_variables, steps):
        v.assign_sub(e)
    sgd.apply_gradients(zip(grads, net.trainable_variables))
    return loss


for epoch in range(8):
    for i in range(0, 400, 40):
        loss = sam_step(pts[i:i + 40], sign[i:i + 40])
    print(epoch, float(loss))
