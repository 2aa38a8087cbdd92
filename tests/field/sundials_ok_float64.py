# Equation of time for the garden sundial: recover the almanac's harmonics.
import numpy as np
import tensorflow as tf
import keras

keras.backend.set_floatx("float64")
keras.utils.set_random_seed(21)


def harmonics(day, order=3):
    b = 2.0 * np.pi * (day - 81.0) / 365.0
    cols = []
    for k in range(1, order + 1):
        cols += [np.sin(k * b), np.cos(k * b)]
    return np.stack(cols, axis=1)


day = np.arange(365, dtype="float64")
b = 2.0 * np.pi * (day - 81.0) / 365.0
minutes = 9.87 * np.sin(2 * b) - 7.53 * np.cos(b) - 1.5 * np.sin(b)

X = tf.constant(harmonics(day))
y = tf.constant(minutes[:, None])

dial = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1)])
opt = keras.optimizers.SGD(learning_rate=0.3, momentum=0.9)
mse = keras.losses.MeanSquaredError()

log = []
for it in range(1000):
    with tf.GradientTape() as tape:
        loss = mse(y, dial(X, training=True))
    grads = tape.gradient(loss, dial.trainable_variables)
    opt.apply_gradients(zip(grads, dial.trainable_variables))  # whynan: healthy
    log.append(float(loss))
    if it % 50 == 0:
        print("%4d  %.4e" % (it, log[-1]))

w = dial.layers[-1].kernel.numpy()[:, 0]
for name, value in zip(["sin b", "cos b", "sin 2b", "cos 2b", "sin 3b", "cos 3b"], w):
    print(f"{name:7s} {value:+.10f}")

print("first ten losses ", ["%.3g" % v for v in log[:10]])
print("last ten losses  ", ["%.3g" % v for v in log[-10:]])
print("largest error in seconds: %.2e" % (60 * np.abs(dial(X).numpy() - minutes[:, None]).max()))
