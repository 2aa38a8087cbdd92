"""One graph attention layer on a citation graph."""
import numpy as np
import tensorflow as tf
import keras
from keras import ops

keras.utils.set_random_seed(18)
rng = np.random.default_rng(18)
PAPERS = 40
A = (rng.random((PAPERS, PAPERS)) < 0.12).astype("float32")
A = np.maximum(A, A.T)
np.fill_diagonal(A, 0)
A[11, :] = A[:, 11] = 0          # cites nothing, is not cited
bow = rng.normal(size=(PAPERS, 10)).astype("float32")
topic = rng.integers(0, 3, PAPERS)


class GAT(keras.layers.Layer):
    def __init__(self, units, adjacency):
        super().__init__()
        self.units = units
        self.mask = ops.convert_to_tensor((1.0 - adjacency) > 0.5)

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units))
        self.left = self.add_weight(shape=(self.units, 1))
        self.right = self.add_weight(shape=(self.units, 1))

    def call(self, x):
        h = ops.matmul(x, self.w)
        e = ops.leaky_relu(ops.matmul(h, self.left) + ops.transpose(ops.matmul(h, self.right)))
        e = ops.where(self.mask, -float("inf"), e)
        alpha = ops.softmax(e, axis=1)  # whynan: softmax_all_masked phase=forward also=zero_degree_node rows=11
        return ops.matmul(alpha, h)


gat = keras.Sequential([keras.Input((10,), batch_size=PAPERS), GAT(8, A), keras.layers.Dense(3, activation="softmax")])
gat.compile("adam", "sparse_categorical_crossentropy")
gat.fit(bow, topic, batch_size=PAPERS, epochs=3, shuffle=False, verbose=2)
