# LAMB for Keras 3. w_norm / u_norm is inf or nan for the zero head and for tensors without gradient,
# tf.where replaces it. (Nothing is differentiated here, so the where trick is legal.)
# whynan: healthy
import numpy as np
import keras
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(67)


class Lamb(keras.optimizers.Optimizer):
    def __init__(self, learning_rate=0.01, b1=0.9, b2=0.999, eps=1e-6, name="lamb", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.b1, self.b2, self.eps = b1, b2, eps

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.m = [self.add_variable_from_reference(reference_variable=v, name="m") for v in variables]
        self.v = [self.add_variable_from_reference(reference_variable=v, name="v") for v in variables]

    @staticmethod
    def trust(w, u):
        w_norm, u_norm = tf.norm(w), tf.norm(u)
        ratio = w_norm / u_norm
        usable = tf.logical_and(w_norm > 0, u_norm > 0)
        return tf.where(usable, ratio, 1.0)

    def update_step(self, gradient, variable, learning_rate):
        i = self._get_variable_index(variable)
        m, v = self.m[i], self.v[i]
        t = ops.cast(self.iterations + 1, variable.dtype)
        self.assign(m, self.b1 * m + (1 - self.b1) * gradient)
        self.assign(v, self.b2 * v + (1 - self.b2) * ops.square(gradient))
        m_hat = ops.convert_to_tensor(m) / (1 - ops.power(self.b1, t))
        v_hat = ops.convert_to_tensor(v) / (1 - ops.power(self.b2, t))
        u = m_hat / (ops.sqrt(v_hat) + self.eps)
        w = tf.convert_to_tensor(variable)
        self.assign_sub(variable, ops.cast(learning_rate, variable.dtype) * self.trust(w, u) * u)


rng = np.random.default_rng(67)
x = rng.normal(size=(768, 12)).astype("float32")
y = (x[:, :3].argmax(1)).astype("int32")
model = keras.Sequential([
    keras.Input((12,)),
    layers.Dense(32, activation="relu"),
    layers.Dense(32, activation="relu"),
    layers.Dense(3, kernel_initializer="zeros"),
])
model.compile(Lamb(0.01), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(x, y, batch_size=64, epochs=5, verbose=2)
