"""Mesh registration: mean euclidean error. Vertices that coincide have distance 0; sqrt has its own gradient."""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(77)


@tf.custom_gradient
def root(x):
    y = tf.sqrt(x)

    def grad(upstream):
        return tf.math.divide_no_nan(0.5 * upstream, y)

    return y, grad


def vertex_distance(a, b):
    return root(tf.reduce_sum(tf.square(a - b), axis=-1))


class Deformer(keras.Model):
    def __init__(self, n_vertices):
        super().__init__()
        self.n = n_vertices
        self.hidden = keras.layers.Dense(32, activation="tanh")
        self.offsets = keras.layers.Dense(n_vertices * 3, kernel_initializer="zeros")

    def call(self, inputs):
        template, code = inputs
        delta = tf.reshape(self.offsets(self.hidden(code)), (-1, self.n, 3))
        return template + delta


rng = np.random.default_rng(77)
template = np.repeat(rng.normal(size=(1, 20, 3)), 200, axis=0).astype("float32")
code = rng.normal(size=(200, 4)).astype("float32")
target = template.copy()
moving = np.tanh(code @ rng.normal(size=(4, 30))).reshape(200, 10, 3)
target[:, 10:] += 0.3 * moving.astype("float32")  # vertices 0..9 are fixed: distance exactly 0 at the start

model = Deformer(20)
optimizer = keras.optimizers.Adam(2e-3)


@tf.function
def train(template, code, target):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(vertex_distance(model((template, code)), target))
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


ds = tf.data.Dataset.from_tensor_slices((template, code, target)).batch(25)
for epoch in range(8):
    for batch in ds:
        loss = train(*batch)
    print(epoch, float(loss))
