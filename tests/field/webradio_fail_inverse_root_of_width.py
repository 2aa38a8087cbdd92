"""How often does a listener play a station? Count factorisation (Poisson with a log link), subclassed model.

The counts are small (0 to about 15), embeddings are scaled by their width as in the papers. The very first progress
line already says nan. Lowering the learning rate to 1e-5 changes nothing at all.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(23)

N_LISTENERS, N_STATIONS, WIDTH = 300, 80, 24


def scaled_normal(width):
    """Normal initialiser whose spread follows the width of the embedding."""
    return keras.initializers.RandomNormal(mean=0.0, stddev=width ** 0.5, seed=5)


class PlayCounts(keras.Model):
    def __init__(self, n_listeners, n_stations, width=WIDTH):
        super().__init__()
        self.listener_vec = layers.Embedding(n_listeners, width, embeddings_initializer=scaled_normal(width))
        self.station_vec = layers.Embedding(n_stations, width, embeddings_initializer=scaled_normal(width))
        self.listener_bias = layers.Embedding(n_listeners, 1, embeddings_initializer="zeros")
        self.station_bias = layers.Embedding(n_stations, 1, embeddings_initializer="zeros")

    def call(self, inputs):
        who = ops.reshape(inputs["listener"], (-1,))
        what = ops.reshape(inputs["station"], (-1,))
        affinity = ops.sum(self.listener_vec(who) * self.station_vec(what), axis=-1, keepdims=True)
        level = self.listener_bias(who) + self.station_bias(what)
        return ops.exp(affinity + level)  # whynan: bad_initialization phase=forward also=exp_overflow


def simulate(rng, n=6000):
    taste = rng.normal(0, 0.35, size=(N_LISTENERS, 4))
    style = rng.normal(0, 0.8, size=(N_STATIONS, 4))
    listener = rng.integers(0, N_LISTENERS, n).astype("int32")
    station = rng.integers(0, N_STATIONS, n).astype("int32")
    log_rate = np.clip(0.3 + (taste[listener] * style[station]).sum(1), -2.0, 2.3)
    plays = rng.poisson(np.exp(log_rate)).astype("float32")
    return listener, station, plays.reshape(-1, 1)


def mean_deviance(y, mu, eps=1e-9):
    return float(np.mean(2 * (np.where(y > 0, y * np.log((y + eps) / (mu + eps)), 0.0) - (y - mu))))


if __name__ == "__main__":
    rng = np.random.default_rng(99)
    listener, station, plays = simulate(rng)
    print("plays: min", plays.min(), "mean", plays.mean(), "max", plays.max())
    print("deviance of the constant model", mean_deviance(plays, np.full_like(plays, plays.mean())))

    model = PlayCounts(N_LISTENERS, N_STATIONS)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="poisson")

    stop = keras.callbacks.EarlyStopping(monitor="loss", patience=3)
    model.fit(
        {"listener": listener, "station": station},
        plays,
        batch_size=256,
        epochs=5,
        callbacks=[stop],
        verbose=2,
    )
    for name, layer in [("listener", model.listener_vec), ("station", model.station_vec)]:
        w = layer.get_weights()[0]
        print(name, "vectors, finite:", np.isfinite(w).all())
