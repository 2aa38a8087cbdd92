"""Share of trees stripped by caterpillars on forest plots, simplex regression after the paper.

The share has to lie strictly between 0 and 1, so I took care of the plots without any damage. The deviance is
sensible for some batches, then inf and nan. A lower peak of the schedule only moves nothing, and neither the
clip of the mean nor the floor under the dispersion helps.
"""
import dataclasses

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

COLUMNS = ["oak_share", "ndvi", "spring_warmth", "slope", "eggs_last_year"]


@dataclasses.dataclass(frozen=True)
class Survey:
    plots: int = 960
    batch: int = 32
    epochs: int = 4
    peak_rate: float = 3e-3
    warm_steps: int = 40
    seed: int = 17


def field_sheets(survey):
    """One line per plot as the foresters send it: trees looked at, trees without leaves, and the site."""
    rng = np.random.default_rng(survey.seed)
    n = survey.plots
    oak = rng.beta(2, 2, n)
    warmth = rng.normal(260, 45, n)
    eggs = rng.poisson(rng.gamma(1.2, 12.0, n))
    near, red = rng.uniform(0.25, 0.5, n), rng.uniform(0.02, 0.12, n)
    chance = 1 / (1 + np.exp(-(-1.4 + 2.0 * (oak - 0.5) + 0.9 * np.log1p(eggs) / 2 + (warmth - 260) / 90)))
    trees = rng.integers(12, 41, n)
    stripped = rng.binomial(trees, 0.85 * chance)
    front = rng.choice(n, 5, replace=False)
    stripped[front] = trees[front]
    return pd.DataFrame({"oak_share": oak, "near": near, "red": red, "spring_warmth": warmth,
                         "slope": rng.gamma(2, 6, n), "eggs_last_year": eggs,
                         "trees": trees, "stripped": stripped})


def prepare(sheets):
    sheets = sheets.copy()
    sheets["ndvi"] = (sheets["near"] - sheets["red"]) / (sheets["near"] + sheets["red"] + 1e-6)
    sheets["eggs_last_year"] = np.log1p(sheets["eggs_last_year"])
    features = sheets[COLUMNS]
    features = (features - features.mean()) / features.std()
    half_a_tree = 0.5 / sheets["trees"].max()
    share = np.maximum(sheets["stripped"] / sheets["trees"], half_a_tree)
    return features.to_numpy("float32"), share.to_numpy("float32")[:, None]


class PlotStream:
    """Endless shuffled batches for tf.data."""

    def __init__(self, features, share, survey):
        self.features, self.share, self.survey = features, share, survey
        self.per_epoch = len(features) // survey.batch

    def __call__(self):
        rng = np.random.default_rng(self.survey.seed)
        while True:
            order = rng.permutation(len(self.features))
            for k in range(self.per_epoch):
                rows = order[k * self.survey.batch:(k + 1) * self.survey.batch]
                yield self.features[rows], self.share[rows]

    def dataset(self):
        signature = (tf.TensorSpec((None, len(COLUMNS)), tf.float32), tf.TensorSpec((None, 1), tf.float32))
        return tf.data.Dataset.from_generator(self, output_signature=signature).prefetch(2)


class Hinges(keras.layers.Layer):
    """Piecewise linear bends at learned places of every column."""

    def __init__(self, bends=4, **kwargs):
        super().__init__(**kwargs)
        self.bends = bends

    def build(self, input_shape):
        start = np.tile(np.linspace(-1.5, 1.5, self.bends), (input_shape[-1], 1))
        self.knots = self.add_weight(name="knots", shape=start.shape, initializer="zeros")
        self.knots.assign(start)

    def call(self, x):
        bent = keras.ops.relu(x[:, :, None] - self.knots)
        return keras.ops.concatenate([x, keras.ops.reshape(bent, (-1, x.shape[1] * self.bends))], axis=-1)


class SimplexDeviance(keras.losses.Loss):
    """-log density of the simplex distribution without the part that only depends on the observation."""

    def call(self, y_true, y_pred):
        mean = tf.clip_by_value(tf.sigmoid(y_pred[:, 0:1]), 1e-3, 1.0 - 1e-3)
        dispersion = tf.nn.softplus(y_pred[:, 1:2]) + 1e-3
        weight = y_true * (1.0 - y_true) * tf.square(mean * (1.0 - mean))
        unit = tf.square(y_true - mean) / weight  # whynan: label_on_boundary phase=loss also=divide_by_zero
        return 0.5 * tf.math.log(dispersion) + 0.5 * unit / dispersion


def share_error(y_true, y_pred):
    return tf.reduce_mean(tf.abs(y_true - tf.sigmoid(y_pred[:, 0:1])), axis=-1)


class WarmThenRoot(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, peak, warm):
        self.peak, self.warm = peak, float(warm)

    def __call__(self, step):
        done = tf.cast(step, tf.float32) + 1.0
        return self.peak * tf.minimum(done / self.warm, tf.sqrt(self.warm / done))

    def get_config(self):
        return {"peak": self.peak, "warm": self.warm}


def main():
    survey = Survey()
    keras.utils.set_random_seed(survey.seed)
    stream = PlotStream(*prepare(field_sheets(survey)), survey)
    model = keras.Sequential([
        keras.layers.Input((len(COLUMNS),)),
        Hinges(),
        keras.layers.Dense(24, activation="gelu"),
        keras.layers.Dense(2),
    ])
    model.compile(optimizer=keras.optimizers.Adam(WarmThenRoot(survey.peak_rate, survey.warm_steps)),
                  loss=SimplexDeviance(), metrics=[share_error])
    model.fit(stream.dataset(), steps_per_epoch=stream.per_epoch, epochs=survey.epochs, verbose=2)


if __name__ == "__main__":
    main()
