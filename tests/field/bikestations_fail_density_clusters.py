"""Which kind of bike-share station is it? One day of the counter should be enough to tell.

The kinds come from clustering four yearly key figures, the network then learns the kind from a single day.
With cross-entropy from Keras it complained about the labels in some other version, so I wrote focal loss myself
(it's imbalanced anyway). Accuracy climbs for a few batches, then the loss column says inf and nan.
"""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf
from sklearn.cluster import DBSCAN

SEED = 5
N_STATIONS = 284
HOURS = 24
PARAMS = dict(gamma=2.0, batch=24, epochs=6, rate=2e-3, dropout=0.1)

# shares already standardised by the operator: morning peak, evening peak, weekend, turnover
KINDS = {
    "commuter": (4.0, 3.5, -4.0, 2.0),
    "leisure": (-4.0, 0.5, 5.0, -1.0),
    "campus": (1.0, -4.5, -2.5, -5.0),
    "nightlife": (-5.0, 5.0, 2.0, 5.0),
}
# stations with a broken dock or right beside the football ground
ODD = {11: (15.0, -9.0, 1.0, 8.0), 94: (-2.0, 14.0, -13.0, 3.0), 205: (9.0, 9.0, 17.0, -12.0)}


def key_figures(rng):
    centres = np.array(list(KINDS.values()))
    kind = rng.integers(0, len(centres), N_STATIONS)
    figures = centres[kind] + rng.normal(0.0, 0.35, (N_STATIONS, 4))
    for row, values in ODD.items():
        figures[row] = values
    return figures, kind


def daily_counts(kind, rng):
    hour = np.arange(HOURS)

    def hump(at, wide):
        return np.exp(-(((hour - at) / wide) ** 2))

    shapes = np.stack([
        40 * hump(8, 1.5) + 35 * hump(17, 2.0),
        30 * hump(14, 4.0),
        25 * hump(9, 2.0) + 20 * hump(13, 1.5) + 10 * hump(16, 2.0),
        30 * hump(22, 2.5) + 12 * hump(1, 2.0),
    ])
    return rng.poisson(shapes[kind] + 1.5).astype("float32")


def station_kinds(figures):
    found = DBSCAN(eps=1.6, min_samples=6).fit(figures)
    kinds = found.labels_.astype("int32")
    depth = int(kinds.max()) + 1
    print("kinds found:", depth, "sizes:", [int((kinds == k).sum()) for k in range(depth)])
    return kinds, depth


class FocalLoss:
    """Callable factory so that depth and gamma show up in the run name."""

    def __init__(self, depth, gamma):
        self.depth, self.gamma = depth, gamma
        self.__name__ = f"focal_g{gamma:g}_k{depth}"

    def __call__(self, y_true, y_pred):
        ids = tf.cast(tf.reshape(y_true, [-1]), tf.int32)
        hot = tf.one_hot(ids, self.depth)
        p_kind = tf.reduce_sum(hot * y_pred, axis=-1)
        easy = tf.pow(tf.maximum(1.0 - p_kind, 1e-6), self.gamma)
        return -easy * tf.math.log(p_kind)  # whynan: label_out_of_range phase=loss rows=11,94,205 also=log_of_zero


class StopWhenFlat(keras.callbacks.Callback):
    def __init__(self, eps=1e-4):
        super().__init__()
        self.eps, self.last = eps, None

    def on_epoch_end(self, epoch, logs=None):
        now = (logs or {}).get("loss", 0.0)
        if self.last is not None and abs(self.last - now) / (abs(self.last) + 1e-12) < self.eps:
            self.model.stop_training = True
        self.last = now


def network(depth):
    scale = keras.layers.Normalization(name="counts")
    net = keras.Sequential([
        keras.Input((HOURS,)),
        scale,
        keras.layers.Reshape((HOURS, 1)),
        keras.layers.Conv1D(12, 5, padding="same", activation="relu"),
        keras.layers.MaxPooling1D(2),
        keras.layers.Flatten(),
        keras.layers.Dropout(PARAMS["dropout"]),
        keras.layers.Dense(24, activation="relu"),
        keras.layers.Dense(depth, activation="softmax"),
    ])
    return net, scale


if __name__ == "__main__":
    keras.utils.set_random_seed(SEED)
    generator = np.random.default_rng(SEED)
    figures, hidden = key_figures(generator)
    counts = daily_counts(hidden, generator)
    kinds, depth = station_kinds(figures)

    net, scale = network(depth)
    scale.adapt(counts)
    net.compile(
        optimizer=keras.optimizers.Adam(PARAMS["rate"]),
        loss=FocalLoss(depth, PARAMS["gamma"]),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")],
    )
    net.fit(counts, kinds, batch_size=PARAMS["batch"], epochs=PARAMS["epochs"], validation_split=0.1,
            callbacks=[StopWhenFlat()], verbose=2)
