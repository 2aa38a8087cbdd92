"""Number of visits to the allergy ward from yesterday's pollen counts, with learned spline activations (KAN style).

With the equally spaced grid the layer trains, but most of its cells never see a sample. So I place the edges at the
quantiles of each feature ("adaptive grid"). Since then: loss nan at the first batch. The quantiles themselves look
fine, no nan and sorted, and temperature alone works.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(27)

FEATURES = ["temperature", "wind", "birch", "grass", "mugwort", "alder"]


def seasons(days=1400):
    rng = np.random.default_rng(77)
    doy = rng.integers(0, 365, days)
    temperature = 10 - 11 * np.cos(2 * np.pi * doy / 365) + rng.normal(0, 3, days)
    wind = rng.gamma(2.0, 2.0, days)

    def pollen(peak, width, height):
        mean = height * np.exp(-0.5 * ((doy - peak) / width) ** 2)
        return rng.poisson(mean * rng.gamma(2.0, 0.5, days))

    birch, grass = pollen(105, 12, 400), pollen(165, 22, 120)
    mugwort, alder = pollen(220, 14, 40), pollen(60, 14, 90)
    x = np.column_stack([temperature, wind, np.sqrt(birch), np.sqrt(grass), np.sqrt(mugwort), np.sqrt(alder)])
    visits = 4 + 0.5 * x[:, 2] + 0.9 * x[:, 3] + 0.6 * x[:, 4] + 0.1 * wind + rng.normal(0, 1, days)
    x = (x - x.mean(0)) / x.std(0)
    return x.astype("float32"), (visits[:, None] / 10.0).astype("float32")


def adaptive_edges(x, cells, degree):
    rows = []
    for column in x.T:
        inner = np.quantile(column, np.linspace(0, 1, cells + 1))
        inner[-1] += 1e-3  # so that the largest value falls into the last cell
        h = (inner[-1] - inner[0]) / cells
        left = inner[0] - h * np.arange(degree, 0, -1)
        right = inner[-1] + h * np.arange(1, degree + 1)
        rows.append(np.concatenate([left, inner, right]))
    edges = np.array(rows, dtype="float32")
    assert np.isfinite(edges).all() and (np.diff(edges, axis=1) >= 0).all()
    return edges


class SplineDense(layers.Layer):
    def __init__(self, units, edges, degree=3, **kwargs):
        super().__init__(**kwargs)
        self.units, self.edges, self.degree = units, edges, degree
        self.base = layers.Dense(units)

    def build(self, input_shape):
        self.base.build(input_shape)
        n_basis = self.edges.shape[1] - self.degree - 1
        self.coef = self.add_weight(
            shape=(input_shape[-1], n_basis, self.units), initializer=keras.initializers.RandomNormal(stddev=0.1)
        )
        self.built = True

    def basis(self, x):
        x = ops.expand_dims(x, -1)
        t = self.edges
        b = ops.cast(ops.logical_and(x >= t[:, :-1], x < t[:, 1:]), "float32")
        for p in range(1, self.degree + 1):
            up = (x - t[:, : -(p + 1)]) / (t[:, p:-1] - t[:, : -(p + 1)])
            down = (t[:, p + 1 :] - x) / (t[:, p + 1 :] - t[:, 1:-p])  # whynan: divide_by_zero phase=forward
            b = up * b[..., :-1] + down * b[..., 1:]
        return b

    def call(self, x):
        return self.base(ops.silu(x)) + ops.einsum("bfk,fku->bu", self.basis(x), self.coef)


def main(cells=8, degree=3, batch=50):
    x, y = seasons()
    for name, column in zip(FEATURES, x.T):
        print(f"{name:12s} min {column.min():6.2f}  median {np.median(column):6.2f}  max {column.max():6.2f}")

    inputs = layers.Input((len(FEATURES),))
    hidden = SplineDense(12, adaptive_edges(x, cells, degree), degree)(inputs)
    model = keras.Model(inputs, layers.Dense(1)(hidden))
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")

    rng = np.random.default_rng(1)
    for epoch in range(4):
        order = rng.permutation(len(x))
        losses = []
        for i in range(0, len(x), batch):
            rows = order[i : i + batch]
            losses.append(float(model.train_on_batch(x[rows], y[rows])))
        print("epoch", epoch, "mse", np.mean(losses))


if __name__ == "__main__":
    main()
