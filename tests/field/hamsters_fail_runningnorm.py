# Wheel running of hamsters: predict the distance of the next hour from the sensor summary of the last one.
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(7)


class RunningNorm(layers.Layer):
    """Normalise with slowly moving statistics, so that train and test behave the same (small batches are noisy)."""

    def __init__(self, momentum=0.95, **kwargs):
        super().__init__(**kwargs)
        self.momentum = momentum

    def build(self, input_shape):
        d = input_shape[-1]
        self.run_mean = self.add_weight(name="run_mean", shape=(d,), initializer="zeros", trainable=False)
        self.run_var = self.add_weight(name="run_var", shape=(d,), initializer="zeros", trainable=False)
        self.scale = self.add_weight(name="scale", shape=(d,), initializer="ones")
        self.shift = self.add_weight(name="shift", shape=(d,), initializer="zeros")

    def call(self, x, training=False):
        z = (x - self.run_mean) / ops.sqrt(self.run_var)  # whynan: divide_by_zero phase=forward also=zero_variance_normalisation
        if training:
            mean, var = tf.nn.moments(x, axes=[0])
            self.run_mean.assign(self.momentum * self.run_mean + (1.0 - self.momentum) * mean)
            self.run_var.assign(self.momentum * self.run_var + (1.0 - self.momentum) * var)
        return z * self.scale + self.shift


def wheel_log(n, seed):
    r = np.random.default_rng(seed)
    hour = r.integers(0, 24, n)
    night = ((hour >= 20) | (hour < 6)).astype("float32")
    revolutions = r.gamma(2.0 + 4.0 * night, 90.0)
    bouts = r.poisson(3 + 6 * night)
    food = r.normal(9.0, 1.5, n)
    temp = r.normal(21.0, 0.8, n)
    x = np.stack([revolutions, bouts, food, temp, hour], axis=1).astype("float32")
    y = 0.4 * night + 0.0009 * revolutions + 0.02 * bouts + r.normal(0, 0.05, n)
    return x, y.astype("float32")[:, None]


x_train, y_train = wheel_log(1600, seed=1)
x_test, y_test = wheel_log(400, seed=2)

model = keras.Sequential([
    keras.Input((5,)),
    RunningNorm(),
    layers.Dense(24, activation="tanh"),
    layers.Dense(12, activation="tanh"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")

batch = 40
order = np.random.default_rng(3)
for epoch in range(4):
    idx = order.permutation(len(x_train))
    losses = []
    for k in range(0, len(idx), batch):
        sel = idx[k:k + batch]
        logs = model.train_on_batch(x_train[sel], y_train[sel], return_dict=True)
        losses.append(logs["loss"])
    print(f"epoch {epoch}: train mse {np.mean(losses):.4f}")

print("test mse:", model.evaluate(x_test, y_test, verbose=0))
