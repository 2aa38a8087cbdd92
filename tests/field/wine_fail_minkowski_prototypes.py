"""Prototype classifier (a soft LVQ) for the wine data with a learned Minkowski exponent.

Every class has one prototype which starts at a real bottle, so that it can be explained to the wine maker. Full batch,
because there are only 178 bottles. Loss of epoch 1 is good, all the others are nan and p, too.
"""
import numpy as np
from sklearn.datasets import load_wine
from sklearn.preprocessing import StandardScaler
import keras
from keras import ops


class MinkowskiPrototypes(keras.layers.Layer):
    """Returns minus the weighted Lp distance to each prototype; p is a weight."""

    def __init__(self, prototypes, p=2.0, **kwargs):
        super().__init__(**kwargs)
        self.count = prototypes
        self.start_p = p

    def build(self, input_shape):
        width = input_shape[-1]
        self.prototypes = self.add_weight(name="prototypes", shape=(self.count, width), initializer="glorot_uniform")
        self.relevance = self.add_weight(
            name="relevance", shape=(width,), initializer="ones", constraint=keras.constraints.NonNeg()
        )
        self.p = self.add_weight(name="p", shape=(), initializer=keras.initializers.Constant(self.start_p))

    def call(self, x):
        gap = ops.abs(ops.expand_dims(x, 1) - self.prototypes)
        p = ops.maximum(self.p, 1.0)
        total = ops.sum(self.relevance * ops.power(gap, p), axis=-1)
        distance = ops.power(total, 1.0 / p)  # whynan: pow_grad_at_zero phase=gradient rows=0,59,130 also=norm_grad_at_zero,sqrt_grad_at_zero
        return -distance


def prepare():
    wine = load_wine()
    x = StandardScaler().fit_transform(wine.data).astype("float32")
    return x, wine.target.astype("int32"), wine.feature_names


def first_of_each_class(x, y):
    _, where = np.unique(y, return_index=True)
    return x[where]


def main():
    keras.utils.set_random_seed(9)
    x, y, names = prepare()
    layer = MinkowskiPrototypes(prototypes=3, name="lvq")
    model = keras.Sequential([keras.Input((x.shape[1],)), layer])
    layer.prototypes.assign(first_of_each_class(x, y))
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(x, y, batch_size=len(x), epochs=25, verbose=2)
    relevance = ops.convert_to_numpy(layer.relevance)
    for i in np.argsort(-relevance)[:5]:
        print(f"{names[i]:30s} {relevance[i]:.3f}")
    print("p =", float(ops.convert_to_numpy(layer.p)))


main()
