"""Spring growth of permanent pastures seen from a satellite.  A small network reads soil
and altitude of a field and gives its growing day and its peak greenness; a curve layer turns
that into one value every eight days from New Year to mid July.  The first step reports a
normal loss of about 0.05, from the second step on it is nan.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

OVERPASSES = np.arange(1, 200, 8).astype("float32")
SETTINGS = {"fields": 640, "batch": 32, "epochs": 3, "rate": 3e-3, "seed": 88}


def simulate_fields(n, rng):
    altitude = rng.uniform(50, 1400, n)
    clay = rng.beta(2, 5, n)
    slope = rng.gamma(2.0, 4.0, n)
    south = rng.uniform(-1, 1, n)
    start = 92 + 0.03 * altitude - 6 * south + rng.normal(0, 4, n)
    peak = 0.78 - 0.2 * clay - 0.004 * slope + rng.normal(0, 0.03, n)
    steep = rng.normal(0.11, 0.015, n)
    curve = 1.0 / (1.0 + np.exp(-steep[:, None] * (OVERPASSES[None] - start[:, None])))
    greenness = 0.18 + (peak - 0.18)[:, None] * curve + rng.normal(0, 0.02, (n, OVERPASSES.size))
    x = np.stack([altitude / 1000.0, clay, slope / 10.0, south], axis=1)
    return x.astype("float32"), greenness.astype("float32")


class SpringCurve(layers.Layer):
    """Winter level, then an S-shaped rise; the steepness is shared by all fields."""

    def __init__(self, days, earliest=60.0, latest=170.0, **kwargs):
        super().__init__(**kwargs)
        self.days = np.asarray(days, "float32")[None, :]
        self.earliest = earliest
        self.latest = latest

    def build(self, input_shape):
        self.steepness = self.add_weight(shape=(), initializer="ones", name="steepness")
        self.winter = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(0.2), name="winter"
        )
        super().build(input_shape)

    def call(self, field):
        start = self.earliest + (self.latest - self.earliest) * ops.sigmoid(field[:, 0:1])
        peak = ops.sigmoid(field[:, 1:2])
        late = self.steepness * (self.days - start)
        rise = 1.0 / (1.0 + ops.exp(-late))  # whynan: exp_overflow phase=gradient|forward also=unscaled_input
        return self.winter + (peak - self.winter) * rise

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.days.shape[1])


def make_model(n_features):
    field = keras.Input((n_features,), name="field")
    h = layers.Dense(32, activation="tanh")(field)
    h = layers.Dense(32, activation="tanh")(h)
    parameters = layers.Dense(2, name="start_and_peak")(h)
    return keras.Model(field, SpringCurve(OVERPASSES, name="curve")(parameters))


def main(cfg=SETTINGS):
    keras.utils.set_random_seed(cfg["seed"])
    x, y = simulate_fields(cfg["fields"], np.random.default_rng(cfg["seed"]))
    data = tf.data.Dataset.from_tensor_slices((x, y))
    data = data.shuffle(len(x), seed=cfg["seed"]).batch(cfg["batch"]).prefetch(1)

    model = make_model(x.shape[1])
    model.compile(
        optimizer=keras.optimizers.Adam(cfg["rate"], global_clipnorm=1.0),
        loss="mse",
        metrics=["mae"],
    )
    model.fit(data, epochs=cfg["epochs"], verbose=2)
    print("steepness per day:", float(model.get_layer("curve").steepness.numpy()))


if __name__ == "__main__":
    main()
