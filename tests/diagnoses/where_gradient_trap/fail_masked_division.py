"""Neighbourhood average on a learned soft adjacency; points without neighbours get 0."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(44)
rng = np.random.default_rng(44)
POINTS = 12
clouds = rng.uniform(0, 4, size=(120, POINTS, 2)).astype("float32")
clouds[:, 0] += 30.0       # outlier that no one is close to
crowding = np.array([(np.linalg.norm(c[:, None] - c[None], axis=-1) < 1).mean() for c in clouds], "float32")


class SoftNeighbours(keras.layers.Layer):
    def build(self, shape):
        self.radius = self.add_weight(shape=(), initializer=keras.initializers.Constant(2.0))
        self.proj = keras.layers.Dense(8, activation="tanh")

    def call(self, pos):
        feats = self.proj(pos)
        d2 = tf.reduce_sum((pos[:, :, None] - pos[:, None]) ** 2, -1)
        adj = tf.nn.relu(self.radius ** 2 - d2) * (1.0 - tf.eye(POINTS))
        total = tf.reduce_sum(adj, axis=-1, keepdims=True)
        mean = tf.where(total > 0, tf.matmul(adj, feats) / total, 0.0)  # whynan: where_gradient_trap phase=gradient also=divide_by_zero,zero_degree_node,zero_weight_sum
        return tf.reduce_mean(mean, axis=1)


inp = keras.Input((POINTS, 2))
out = keras.layers.Dense(1)(SoftNeighbours()(inp))
model = keras.Model(inp, out)
model.compile("sgd", "mse")
print(model.fit(clouds, crowding, epochs=2, batch_size=30, verbose=0).history)
