"""Surrogate for the drag area of airship hulls (length, fineness, fin size, speed, angle of attack).

Compares optimizers; this file is the Yogi run (Zaheer et al. 2018), written against the Keras 3 optimizer base class.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import ops

keras.utils.set_random_seed(1937)


class Yogi(keras.optimizers.Optimizer):
    def __init__(self, learning_rate=1e-2, beta_1=0.9, beta_2=0.999, epsilon=1e-3,
                 initial_accumulator=1e-6, name="yogi", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.initial_accumulator = initial_accumulator

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        start = keras.initializers.Constant(self.initial_accumulator)
        self._m, self._v = [], []
        for var in variables:
            self._m.append(self.add_variable_from_reference(var, name="m"))
            self._v.append(self.add_variable_from_reference(var, name="v", initializer=start))

    def update_step(self, gradient, variable, learning_rate):
        lr = ops.cast(learning_rate, variable.dtype)
        g = ops.cast(gradient, variable.dtype)
        t = ops.cast(self.iterations + 1, variable.dtype)
        i = self._get_variable_index(variable)
        m, v = self._m[i], self._v[i]

        g2 = ops.square(g)
        new_m = self.beta_1 * m + (1.0 - self.beta_1) * g
        new_v = v + (1.0 - self.beta_2) * ops.sign(v - g2) * g2
        self.assign(m, new_m)
        self.assign(v, new_v)

        correction = ops.sqrt(1.0 - ops.power(self.beta_2, t)) / (1.0 - ops.power(self.beta_1, t))
        denom = ops.sqrt(new_v) + self.epsilon  # whynan: sqrt_of_negative phase=update
        self.assign_sub(variable, lr * correction * new_m / denom)


def hulls(n):
    rng = np.random.default_rng(1937)
    length = rng.uniform(40, 240, n)
    fineness = rng.uniform(3.5, 8.0, n)
    fins = rng.uniform(0.02, 0.08, n)
    speed = rng.uniform(8, 35, n)
    alpha = rng.uniform(-8, 8, n)
    diameter = length / fineness
    reynolds = speed * length / 1.5e-5
    cf = 0.075 / (np.log10(reynolds) - 2) ** 2
    form = 1 + 1.5 / fineness ** 1.5 + 7 / fineness ** 3
    wetted = np.pi * diameter * length * 0.85
    area = cf * form * wetted * (1 + fins * 3) * (1 + 0.004 * alpha ** 2)
    x = np.stack([length / 100, fineness / 5, fins * 20, speed / 20, alpha / 5], 1)
    y = np.log(area) * (1 + rng.normal(0, 0.01, n))
    return x.astype("float32"), y.astype("float32")[:, None]


x, y = hulls(2400)
train = tf.data.Dataset.from_tensor_slices((x[:2000], y[:2000])).shuffle(2000, seed=3).batch(50)

net = keras.Sequential([
    keras.layers.Input((5,)),
    keras.layers.Dense(40, activation="swish"),
    keras.layers.Dense(40, activation="swish"),
    keras.layers.Dense(1),
])
opt = Yogi(5e-3)
opt.build(net.trainable_variables)


@tf.function
def step(xb, yb):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(net(xb, training=True) - yb))
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss


for epoch in range(10):
    losses = [float(step(xb, yb)) for xb, yb in train]
    val = float(tf.reduce_mean(tf.square(net(x[2000:]) - y[2000:])))
    print(f"{epoch:2d}  train {np.mean(losses):.4f}  val {val:.4f}")
