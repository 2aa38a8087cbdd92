"""Biologically informed network: genes -> pathways (fixed membership) -> tumour subtype.
Builders are kept in a registry, experiments are config dicts."""
import numpy as np
import keras
from keras import layers, ops

GENES, PATHWAYS, SUBTYPES, SAMPLES = 60, 10, 3, 300
REGISTRY = {}


def register(name):
    def wrap(cls):
        REGISTRY[name] = cls
        return cls
    return wrap


def gene_sets(rng):
    """membership matrix; every pathway is a run of neighbouring genes"""
    member = np.zeros((GENES, PATHWAYS), "float32")
    for k in range(PATHWAYS):
        member[k * 6:k * 6 + 6, k] = 1.0
    for k in range(PATHWAYS - 1):                  # some genes belong to two pathways,
        member[rng.choice(48, 2, replace=False), k] = 1.0      # the last set stays small
    return member


class FanInInitializer(keras.initializers.Initializer):
    """random signs, each pathway starts as the average of its genes"""

    def __init__(self, member, seed):
        self.member, self.seed = member, seed

    def __call__(self, shape, dtype=None):
        signs = np.random.default_rng(self.seed).choice([-1.0, 1.0], size=shape)
        genes_per_pathway = self.member.sum(axis=0)
        kernel = signs * self.member / genes_per_pathway  # whynan: nan_in_initial_weights phase=forward|data also=divide_by_zero,zero_degree_node
        return ops.convert_to_tensor(kernel.astype("float32"))


class PathwayLayer(layers.Layer):
    def __init__(self, member, **kwargs):
        super().__init__(**kwargs)
        self.member = member

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=self.member.shape, name="kernel",
                                      initializer=FanInInitializer(self.member, seed=4))
        self.bias = self.add_weight(shape=(self.member.shape[1],), initializer="zeros", name="bias")

    def call(self, x):
        return ops.matmul(x, self.kernel * self.member) + self.bias


@register("dense")
class DenseNet(keras.Model):
    def __init__(self, member):
        super().__init__()
        self.body = self.make_body(member)
        self.head = layers.Dense(SUBTYPES)

    def make_body(self, member):
        return layers.Dense(member.shape[1], activation="tanh")

    def call(self, x):
        return self.head(self.body(x))


@register("pathway")
class PathwayNet(DenseNet):
    def make_body(self, member):
        return keras.Sequential([PathwayLayer(member), layers.Activation("tanh")])


def expression(rng):
    x = rng.normal(size=(SAMPLES, GENES))
    x[:, 54:] *= 0.05                  # housekeeping genes hardly vary between patients
    y = np.stack([x[:, :6].mean(1), x[:, 12:18].mean(1), x[:, 24:30].mean(1)], 1).argmax(1)
    return x.astype("float32"), y.astype("int32")


def run(config, x, y, member):
    keras.utils.set_random_seed(0)
    keep = x.std(axis=0) > config["min_std"]
    model = REGISTRY[config["net"]](member[keep])
    model.compile(optimizer=keras.optimizers.AdamW(config["rate"]),
                  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    history = model.fit(x[:, keep], y, batch_size=50, epochs=4, verbose=0).history
    print(config, "genes", int(keep.sum()), "loss", [round(v, 4) for v in history["loss"]])


if __name__ == "__main__":
    rng = np.random.default_rng(8)
    x, y = expression(rng)
    member = gene_sets(rng)
    for config in ({"net": "dense", "min_std": 0.0, "rate": 1e-2},
                   {"net": "pathway", "min_std": 0.0, "rate": 1e-2},
                   {"net": "dense", "min_std": 0.2, "rate": 1e-2},
                   {"net": "pathway", "min_std": 0.2, "rate": 1e-2}):
        run(config, x, y, member)
