"""Handwritten digits on return slips, trained with a clipped second-order step (diagonal curvature from random probes).

One epoch of plain momentum first, so that the curvature estimate has settled, then the real steps begin. The warm-up
epoch is fine, the loss falls as it should. From the second batch after the switch the loss is nan. The steps are clipped to
[-1, 1] times the rate, so I do not see how they could ever be too long.
"""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(12)

SETTINGS = {"warm_epochs": 1, "epochs": 4, "batch": 64, "curvature_every": 5, "rate": 4e-3, "warm_rate": 0.3}

digits = load_digits()
x_train, x_test, y_train, y_test = train_test_split(
    (digits.data / 16.0).astype("float32"), digits.target.astype("int32"), test_size=0.2, random_state=0
)
slips = (
    tf.data.Dataset.from_tensor_slices((x_train, y_train))
    .shuffle(2048, seed=4)
    .batch(SETTINGS["batch"], drop_remainder=True)
)

net = keras.Sequential(
    [keras.Input((64,)), keras.layers.Dense(40, activation="tanh"), keras.layers.Dense(10)], name="slips"
)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


class ClippedNewton:
    """m = average gradient, h = average diagonal curvature, step = clip(m / (gamma * h), -1, 1)."""

    def __init__(self, variables, rate, warm_rate, beta_m=0.92, beta_h=0.95, gamma=0.05):
        self.variables = variables
        self.rate, self.warm_rate = rate, warm_rate
        self.beta_m, self.beta_h, self.gamma = beta_m, beta_h, gamma
        self.m = [tf.Variable(tf.zeros(v.shape), trainable=False) for v in variables]
        self.h = [tf.Variable(tf.zeros(v.shape), trainable=False) for v in variables]

    def see_curvature(self, diagonals):
        for h, diagonal in zip(self.h, diagonals):
            h.assign(self.beta_h * h + (1.0 - self.beta_h) * diagonal)

    def apply(self, gradients, second_order):
        for variable, m, h, gradient in zip(self.variables, self.m, self.h, gradients):
            m.assign(self.beta_m * m + (1.0 - self.beta_m) * gradient)
            if second_order:
                # negative curvature counts as flat: the ratio is then huge and the clip takes over
                ratio = m / tf.maximum(self.gamma * h, 0.0)  # whynan: divide_by_zero phase=update also=clip_misuse
                variable.assign_sub(self.rate * tf.clip_by_value(ratio, -1.0, 1.0))
            else:
                variable.assign_sub(self.warm_rate * m)


optimizer = ClippedNewton(net.trainable_variables, SETTINGS["rate"], SETTINGS["warm_rate"])


@tf.function
def train_step(x, y, second_order):
    with tf.GradientTape() as tape:
        loss = cross_entropy(y, net(x, training=True))
    optimizer.apply(tape.gradient(loss, net.trainable_variables), second_order)
    return loss


@tf.function
def curvature_step(x, y):
    """Diagonal of the Hessian with random signs u: E[u * (H u)]."""
    probes = [tf.sign(tf.random.uniform(v.shape, -1.0, 1.0)) for v in net.trainable_variables]
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            loss = cross_entropy(y, net(x, training=True))
        gradients = inner.gradient(loss, net.trainable_variables)
        along = tf.add_n([tf.reduce_sum(g * u) for g, u in zip(gradients, probes)])
    products = outer.gradient(along, net.trainable_variables)
    optimizer.see_curvature([u * hu for u, hu in zip(probes, products)])


for epoch in range(SETTINGS["epochs"]):
    second_order = epoch >= SETTINGS["warm_epochs"]
    losses = []
    for number, (x, y) in enumerate(slips):
        if number % SETTINGS["curvature_every"] == 0:
            curvature_step(x, y)
        losses.append(float(train_step(x, y, second_order)))
    hits = np.mean(np.argmax(net(x_test).numpy(), axis=1) == y_test)
    print(f"epoch {epoch} ({'newton' if second_order else 'momentum'}): loss {np.mean(losses):.4f}  test accuracy {hits:.3f}")
