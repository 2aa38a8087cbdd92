"""Place 40 tram stops on a plane so that distances match the measured travel times.

Every sample is a short tour of six stops with all pairwise minutes. Some tours come back to a stop where they have
been, and the table has of course zeros on its diagonal; a colleague says that such a root can not be differentiated.
"""
# whynan: healthy
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(14)

STOPS, TOUR = 40, 6


def simulate_tours(count, rng):
    """Stop numbers of each tour and the minutes between all of its stops (straight lines, 2.4 minutes a kilometre)."""
    home = rng.uniform(-3.0, 3.0, size=(STOPS, 2))
    tours = rng.integers(0, STOPS, size=(count, TOUR))
    circular = rng.random(count) < 0.3
    tours[circular, -1] = tours[circular, 0]
    places = home[tours]
    kilometres = np.linalg.norm(places[:, :, None] - places[:, None], axis=-1)
    minutes = 2.4 * kilometres * np.exp(rng.normal(0.0, 0.03, kilometres.shape))
    return tours.astype("int32"), minutes.astype("float32")


class PairwiseDistance(layers.Layer):
    """All distances between the points of a set; (batch, points, dim) -> (batch, points, points)."""

    def call(self, points):
        offset = ops.expand_dims(points, 2) - ops.expand_dims(points, 1)
        squared = ops.sum(ops.square(offset), axis=-1)
        return ops.where(squared > 0.0, ops.sqrt(squared), 0.0)


class StopMap(keras.Model):
    def __init__(self, stops, dim=2, **kwargs):
        super().__init__(**kwargs)
        self.places = layers.Embedding(
            stops, dim, embeddings_initializer=keras.initializers.RandomUniform(-2.0, 2.0, seed=3))
        self.distance = PairwiseDistance()
        self.log_pace = self.add_weight(name="log_pace", shape=(), initializer="zeros")

    def call(self, tours):
        return ops.exp(self.log_pace) * self.distance(self.places(tours))


def main():
    tours, minutes = simulate_tours(1500, np.random.default_rng(14))
    train, test = slice(0, 1280), slice(1280, None)
    model = StopMap(STOPS)
    model.compile(optimizer=keras.optimizers.Adam(3e-2), loss="mse", metrics=["mae"])
    history = model.fit(
        tours[train], minutes[train],
        validation_data=(tours[test], minutes[test]),
        batch_size=64, epochs=12, verbose=2,
    )
    print("mean error in minutes:", round(history.history["val_mae"][-1], 3))
    weights = np.concatenate([w.ravel() for w in model.get_weights()])
    print("weights finite:", bool(np.isfinite(weights).all()))


if __name__ == "__main__":
    main()
