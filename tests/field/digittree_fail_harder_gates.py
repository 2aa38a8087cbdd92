"""Soft decision tree on the 8x8 digits, with the penalty that asks every node to split its samples evenly.

I make the gates harder from one fit to the next so that I can read the tree at the end. The first fits are
fine and the accuracy goes up; in one of the later ones the loss is inf after some batches and nan from then on.
Cross-entropy is the one from Keras, so it cannot be the log of the prediction, and I have an epsilon in the division.
"""
import numpy as np
import keras
from keras import ops
from sklearn.datasets import load_digits

keras.utils.set_random_seed(8)


class SoftTree(keras.layers.Layer):
    """Complete binary tree: sigmoid gates inside, one class distribution in each leaf."""

    def __init__(self, depth, classes, balance=0.1, **kwargs):
        super().__init__(**kwargs)
        self.depth = depth
        self.classes = classes
        self.balance = balance

    def build(self, input_shape):
        inner = 2**self.depth - 1
        self.kernel = self.add_weight(shape=(input_shape[-1], inner), initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(inner,), initializer="zeros", name="bias")
        self.leaves = self.add_weight(
            shape=(2**self.depth, self.classes), initializer="random_normal", name="leaves")
        self.steepness = self.add_weight(shape=(), initializer="ones", trainable=False, name="steepness")

    def call(self, pixels):
        gates = ops.sigmoid(self.steepness * (ops.matmul(pixels, self.kernel) + self.bias))
        reach = ops.ones_like(gates[:, :1])
        for level in range(self.depth):
            right = gates[:, 2**level - 1:2 ** (level + 1) - 1]
            share = ops.sum(reach * right, axis=0) / (ops.sum(reach, axis=0) + 1e-8)
            evenness = 0.5 * ops.log(share) + 0.5 * ops.log(1.0 - share)  # whynan: log_of_zero phase=forward|loss|gradient also=clip_misuse,exp_underflow
            self.add_loss(-self.balance * 0.5**level * ops.sum(evenness))
            both = ops.stack([reach * (1.0 - right), reach * right], axis=-1)
            reach = ops.reshape(both, (-1, 2 ** (level + 1)))
        return ops.matmul(reach, ops.softmax(self.leaves, axis=-1))

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.classes)


def load():
    images, digits = load_digits(return_X_y=True)
    order = np.random.default_rng(8).permutation(len(images))
    return (images[order] / 16.0).astype("float32"), digits[order].astype("int32")


def harden(model, tree, images, digits, schedule):
    for steepness in schedule:
        tree.steepness.assign(steepness)
        log = model.fit(images, digits, batch_size=64, epochs=2, verbose=0).history
        print(f"steepness {steepness:6.1f}   loss {log['loss'][-1]:.4f}   accuracy {log['accuracy'][-1]:.3f}")


images, digits = load()
tree = SoftTree(depth=4, classes=10, balance=0.1)
inputs = keras.Input((64,))
model = keras.Model(inputs, tree(inputs))
model.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
harden(model, tree, images, digits, schedule=[2.0**k for k in range(9)])
print("gates finite:", bool(np.isfinite(ops.convert_to_numpy(tree.kernel)).all()))
