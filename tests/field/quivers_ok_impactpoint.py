"""
Where does the arrow land? Linear regression of the height on the target (cm)
on eight strain sensors in the bow, by gradient descent written out by hand,
to show the archery club that there is no magic in it.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(27)
rng = np.random.default_rng(27)

SHOTS = 1200

# all the sensors see the draw of the bow, and each of them something of its own
draw = rng.normal(0, 1, (SHOTS, 1))
own = rng.normal(0, 1, (SHOTS, 8))
sensors = np.sqrt(0.6) * draw + np.sqrt(0.4) * own
sensors = (sensors - sensors.mean(0)) / sensors.std(0)

effect = np.array([1.1, 0.8, 0.5, 0.9, 0.3, 0.6, 0.4, 0.7])
height = 12.0 + sensors @ effect + rng.normal(0, 1.5, SHOTS)

X = tf.constant(sensors, tf.float32)
y = tf.constant(height, tf.float32)

w = tf.Variable(tf.zeros(8), name="w")
b = tf.Variable(0.0, name="b")

RATE = 0.25
STEPS = 40


def mse():
    return tf.reduce_mean(tf.square(tf.linalg.matvec(X, w) + b - y))


print("variance of the heights:", float(tf.math.reduce_variance(y)))
curve = []
for step in range(STEPS):
    with tf.GradientTape() as tape:
        loss = mse()
    dw, db = tape.gradient(loss, [w, b])
    w.assign_sub(RATE * dw)  # whynan: unstable
    b.assign_sub(RATE * db)
    curve.append(float(loss))
    if step % 4 == 0:
        print(f"step {step:3d}   mse {curve[-1]:.4g}")

print("final mse", float(mse()))
print("effects, true:     ", effect)
print("effects, estimated:", w.numpy())
print("height of an average shot:", b.numpy())
