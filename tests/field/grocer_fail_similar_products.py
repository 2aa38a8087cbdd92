"""Weekly sales of a small grocer with product embeddings that are tied by a co-purchase graph.

Products that are bought together should get similar vectors, so there is a smoothness term on the
embedding table. The weight of that term looks harmless (0.2 per pair) and without the term all is
well. With it the reported loss multiplies again and again from the first epoch and ends as inf / nan,
while the mean absolute error still looks normal for quite a while.
"""
import numpy as np
import keras
from keras import layers, ops

N_PRODUCTS = 160
CARRIER_BAG = 0

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)


def copurchase_graph():
    """Adjacency from till receipts; nearly every receipt has a carrier bag on it."""
    together = np.zeros((N_PRODUCTS, N_PRODUCTS), "float32")
    for _ in range(500):
        a, b = rng.choice(np.arange(1, N_PRODUCTS), size=2, replace=False)
        together[a, b] = together[b, a] = 1.0
    together[CARRIER_BAG, 1:] = 1.0
    together[1:, CARRIER_BAG] = 1.0
    return together


class GraphSmoothness(keras.regularizers.Regularizer):
    """strength * sum over linked pairs of the squared distance of their vectors."""

    def __init__(self, adjacency, strength):
        degree = adjacency.sum(axis=1)
        self.laplacian = (np.diag(degree) - adjacency).astype("float32")
        self.strength = strength

    def __call__(self, table):
        return self.strength * ops.sum(table * ops.matmul(self.laplacian, table))  # whynan: regularization_too_large phase=loss|forward also=learning_rate_too_high,exploding_gradient

    def get_config(self):
        return {"strength": self.strength}


def sales_weeks(n):
    product = rng.integers(0, N_PRODUCTS, n)
    popularity = rng.normal(0, 1, N_PRODUCTS)
    price = rng.normal(0, 1, n)
    promo = (rng.random(n) < 0.2).astype("float32")
    holiday = (rng.random(n) < 0.1).astype("float32")
    sold = popularity[product] - 0.5 * price + 0.8 * promo + 0.4 * holiday + rng.normal(0, 0.3, n)
    context = np.stack([price, promo, holiday], axis=1).astype("float32")
    return product[:, None].astype("int32"), context, sold.astype("float32")[:, None]


def build(adjacency):
    product = keras.Input((1,), dtype="int32", name="product")
    context = keras.Input((3,), name="context")
    vector = layers.Embedding(
        N_PRODUCTS, 8, embeddings_regularizer=GraphSmoothness(adjacency, 0.2)
    )(product)
    joined = layers.Concatenate()([layers.Flatten()(vector), context])
    hidden = layers.Dense(32, activation="tanh")(joined)
    return keras.Model([product, context], layers.Dense(1)(hidden))


graph = copurchase_graph()
product, context, sold = sales_weeks(2400)

model = build(graph)
model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse", metrics=["mae"])
model.fit({"product": product, "context": context}, sold, batch_size=64, epochs=6, verbose=2)
