"""Logistic regression (Keras layer) on the wine data, trained with my own L-BFGS on the flattened weights.

Adam needed hundreds of epochs, so I wrote the two-loop recursion from the book. It is amazingly fast: after a few
dozen iterations the loss does not change in the seventh digit any more. Then, just when I think that it is done,
loss and all weights are nan. Full batch, standardised inputs, tiny model with weight decay, positive curvature checked.
"""
from collections import deque

import numpy as np
import tensorflow as tf
import keras
from sklearn.datasets import load_wine
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(4)


def dot(a, b):
    return tf.reduce_sum(a * b)


class FlatView:
    """Shows the optimiser one long vector instead of a list of variables."""

    def __init__(self, model, objective):
        self.variables = model.trainable_variables
        self.objective = objective
        self.shapes = [tuple(v.shape) for v in self.variables]
        self.sizes = [int(np.prod(shape)) for shape in self.shapes]

    def read(self):
        return tf.concat([tf.reshape(tf.convert_to_tensor(v), [-1]) for v in self.variables], axis=0)

    def write(self, vector):
        for v, part, shape in zip(self.variables, tf.split(vector, self.sizes), self.shapes):
            v.assign(tf.reshape(part, shape))

    def evaluate(self, vector):
        self.write(vector)
        with tf.GradientTape() as tape:
            loss = self.objective()
        gradients = tape.gradient(loss, self.variables)
        return loss, tf.concat([tf.reshape(g, [-1]) for g in gradients], axis=0)


class LBFGS:
    def __init__(self, memory=8):
        self.pairs = deque(maxlen=memory)

    def direction(self, gradient):
        q, alphas = gradient, []
        for s, y, rho in reversed(self.pairs):
            alpha = rho * dot(s, q)
            q = q - alpha * y
            alphas.append(alpha)
        if self.pairs:
            s, y, _ = self.pairs[-1]
            q = q * (dot(s, y) / dot(y, y))
        for (s, y, rho), alpha in zip(self.pairs, reversed(alphas)):
            q = q + s * (alpha - rho * dot(y, q))
        return -q

    def remember(self, s, y):
        curvature = dot(s, y)
        if curvature < 0:
            return
        self.pairs.append((s, y, 1.0 / curvature))  # whynan: divide_by_zero phase=update


def minimise(view, iterations=100, halvings=30):
    lbfgs = LBFGS()
    point = view.read()
    loss, gradient = view.evaluate(point)
    for iteration in range(iterations):
        step, along = 1.0, lbfgs.direction(gradient)
        for _ in range(halvings):
            trial = point + step * along
            trial_loss, trial_gradient = view.evaluate(trial)
            if trial_loss < loss:
                break
            step *= 0.5
        lbfgs.remember(trial - point, trial_gradient - gradient)
        point, loss, gradient = trial, trial_loss, trial_gradient
        if iteration % 10 == 0:
            print(f"iteration {iteration:3d}   loss {float(loss):.7f}   step {step:.1e}")
    return loss


chemistry, cultivar = load_wine(return_X_y=True)
inputs = tf.constant(StandardScaler().fit_transform(chemistry), tf.float32)
targets = tf.constant((cultivar == 0).astype("float32")[:, None])

model = keras.Sequential([
    keras.Input((inputs.shape[1],)),
    keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(0.01)),
])
bce = keras.losses.BinaryCrossentropy(from_logits=True)
final = minimise(FlatView(model, lambda: bce(targets, model(inputs)) + tf.add_n(model.losses)))
print("final loss:", float(final))
print("weights:", model.get_weights()[0].ravel()[:5])
