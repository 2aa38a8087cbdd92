"""Age regression with inverse-frequency weights per age bin, so that the few old people count as well."""
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(40)
EDGES = list(range(20, 100, 5))


def face_embeddings(n=500, dim=32, seed=41):
    rng = np.random.default_rng(seed)
    ages = np.clip(rng.normal(43, 13, n), 18, 88).astype("float32")
    direction = rng.normal(size=dim)
    embedding = rng.normal(size=(n, dim)) + np.outer((ages - 43) / 13, direction) * 0.6
    return embedding.astype("float32"), ages


class BinWeights:
    """weight(age) = 1 / number of training faces in the bin of that age, mean weight 1."""

    def __init__(self, edges, power=1.0):
        self.one_hot = layers.Discretization(bin_boundaries=edges, output_mode="one_hot")
        self.power = power
        self.table = None

    def _membership(self, ages):
        return keras.ops.convert_to_numpy(self.one_hot(ages[:, None]))

    def fit(self, ages):
        counts = self._membership(ages).sum(axis=0)
        self.table = (1.0 / counts) ** self.power  # whynan: divide_by_zero phase=data also=inf_in_input
        return self

    def __call__(self, ages):
        weights = self._membership(ages) @ self.table
        return weights / weights.mean()


def regressor(dim):
    model = keras.Sequential([
        keras.Input((dim,)),
        layers.LayerNormalization(),
        layers.Dense(48, activation="relu"),
        layers.Dense(1),
        layers.Rescaling(13.0, offset=43.0),
    ])
    model.compile(keras.optimizers.Adam(3e-3), loss="mae", metrics=["mse"])
    return model


def run(epochs=4):
    x, ages = face_embeddings()
    train, test = slice(0, 400), slice(400, None)
    weighting = BinWeights(EDGES).fit(ages[train])
    model = regressor(x.shape[1])
    model.fit(x[train], ages[train], sample_weight=weighting(ages[train]),
              validation_data=(x[test], ages[test]), epochs=epochs, batch_size=50, verbose=2)
    return model


if __name__ == "__main__":
    run()
