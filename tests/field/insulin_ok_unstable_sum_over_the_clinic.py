"""Progression of diabetes from ten measurements, the plain linear model of the statistics course by gradient descent.

The rate is already below a thousandth, and still the loss becomes larger with every step, it is 1e20 and more by now.
No nan yet.  With the first thirty patients only, the same lines converge.
"""
# whynan: unstable
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(215)


class LinearModel(tf.Module):
    def __init__(self, features):
        super().__init__()
        self.slope = tf.Variable(tf.zeros((features, 1)), name="slope")
        self.level = tf.Variable(tf.zeros((1,)), name="level")

    def __call__(self, x):
        return x @ self.slope + self.level


def squared_error(y, prediction):
    return tf.reduce_sum(tf.square(y - prediction))


def descend(model, x, y, rate, steps):
    curve = []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = squared_error(y, model(x))
        slopes = tape.gradient(loss, model.trainable_variables)
        for variable, slope in zip(model.trainable_variables, slopes):
            variable.assign_sub(rate * slope)
        curve.append(float(loss))
    return curve


measurements, progression = load_diabetes(return_X_y=True, scaled=False)
x = tf.constant(StandardScaler().fit_transform(measurements), dtype=tf.float32)
y = tf.constant(progression[:, None], dtype=tf.float32)

course = LinearModel(x.shape[1])
curve = descend(course, x, y, rate=7e-4, steps=60)
for number in range(0, len(curve), 6):
    print(f"step {number:2d}  loss {curve[number]:.3e}")
print("slopes:", course.slope.numpy()[:, 0])
print("predictions from", float(tf.reduce_min(course(x))), "to", float(tf.reduce_max(course(x))))
print("progression from", np.min(progression), "to", np.max(progression))
