# Bearing temperature above ambient for a flywheel store. The three rigs were recorded one after
# the other and have different zero points, so the net is carried on from rig to rig.
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(88)
rng = np.random.default_rng(88)


def record(offset, n=1024):
    rpm = rng.uniform(-1, 1, n)
    load = rng.uniform(-1, 1, n)
    vib = rng.normal(0, 0.5, n)
    temp = offset + 3.0 * rpm * load + 2.0 * rpm ** 2 + 1.0 * vib + rng.normal(0, 0.1, n)
    return np.stack([rpm, load, vib], 1).astype("float32"), temp.astype("float32")


net = keras.Sequential([
    keras.Input((3,)),
    layers.Dense(48, activation="relu"),
    layers.Dense(48, activation="relu"),
    layers.Dense(1),
])
opt = keras.optimizers.RMSprop(0.005, rho=0.9)

curve = []
for rig, offset in [("A", 18.0), ("B", -22.0), ("C", 9.0)]:
    X, y = record(offset)
    for epoch in range(12):
        perm = rng.permutation(len(X))
        batch_losses = []
        for start in range(0, len(X), 64):
            idx = perm[start:start + 64]
            with tf.GradientTape() as tape:
                err = net(X[idx], training=True)[:, 0] - y[idx]
                loss = tf.reduce_mean(err ** 2)
            grads = tape.gradient(loss, net.trainable_variables)
            opt.apply_gradients(zip(grads, net.trainable_variables))  # whynan: healthy
            batch_losses.append(float(loss))
        curve += batch_losses
        print(f"rig {rig} epoch {epoch:2d}  first batch {batch_losses[0]:9.2f}  mean {np.mean(batch_losses):9.2f}")

curve = np.array(curve)
print("largest batch loss after the start: %.0f at step %d" % (curve[50:].max(), 50 + curve[50:].argmax()))
print("start %.1f, end %.2f" % (curve[0], curve[-16:].mean()))
