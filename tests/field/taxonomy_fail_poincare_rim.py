"""Hyperbolic classifier for a gut-microbe taxonomy (16S counts -> genus) on the Poincare ball.

Ported from a PyTorch repository in float64, where it trains well.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(21)

BALL = {"dim": 8, "curvature": 1.0, "rim": 1e-8, "min_norm": 1e-15}


# ---------------------------------------------------------------- ball geometry
def dot(x, y):
    return ops.sum(x * y, axis=-1, keepdims=True)


def euclidean_norm(x):
    return ops.maximum(ops.norm(x, axis=-1, keepdims=True), BALL["min_norm"])


def exp_origin(v):
    """Tangent vector at the origin -> point of the ball."""
    n = euclidean_norm(v)
    return ops.tanh(n) * v / n


def mobius_add(x, y):
    xy, x2, y2 = dot(x, y), dot(x, x), dot(y, y)
    top = (1.0 + 2.0 * xy + y2) * x + (1.0 - x2) * y
    return top / (1.0 + 2.0 * xy + x2 * y2)


def inside(radius):
    """Keep a radius off the rim of the ball, where the distance is infinite."""
    return ops.clip(radius, 0.0, 1.0 - BALL["rim"])


def distance(x, y):
    radius = ops.norm(mobius_add(-x, y), axis=-1)
    return 2.0 * ops.arctanh(inside(radius))  # whynan: clip_misuse phase=forward also=unscaled_input


# ---------------------------------------------------------------- layers
class ToBall(layers.Layer):
    def call(self, v):
        return exp_origin(v)


class GenusPrototypes(layers.Layer):
    """Logit = -scale * hyperbolic distance to a learned prototype."""

    def __init__(self, n_genera, **kwargs):
        super().__init__(**kwargs)
        self.n_genera = n_genera

    def build(self, input_shape):
        self.prototypes = self.add_weight(
            shape=(self.n_genera, input_shape[-1]), initializer=keras.initializers.RandomUniform(-0.05, 0.05), name="prototypes"
        )
        self.log_scale = self.add_weight(shape=(), initializer="zeros", name="log_scale")

    def call(self, points):
        d = distance(ops.expand_dims(points, 1), ops.expand_dims(self.prototypes, 0))
        return -ops.exp(self.log_scale) * d


def sample_microbiomes(n=1500, n_otus=96, n_genera=12, seed=0):
    rng = np.random.default_rng(seed)
    profile = rng.gamma(1.0, 5.0, size=(n_genera, n_otus))
    genus = rng.integers(0, n_genera, n)
    reads = rng.poisson(profile[genus])
    return reads.astype("float32"), genus.astype("int32")


reads, genus = sample_microbiomes()
tangent_in = keras.Input((reads.shape[1],), name="reads")
x = layers.Dense(BALL["dim"], name="tangent")(tangent_in)
x = ToBall()(x)
logits = GenusPrototypes(12)(x)
model = keras.Model(tangent_in, logits)
model.compile(
    optimizer=keras.optimizers.Adam(5e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(reads, genus, batch_size=50, epochs=3, verbose=2)
