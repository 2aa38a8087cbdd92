"""Mean magnetisation directions of lava flows from latitude, longitude, age and polarity.
Every published site brings its own precision parameter, the network may widen or narrow
it a little.  The likelihood prints inf on the first batch and nan afterwards, although
the same formula gave sensible values in our spreadsheet.
"""
import keras
import numpy as np
from keras import layers, ops

SEED = 207
N_SITES = 1200


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def field_direction(latitude, declination, polarity):
    """Direction of an axial dipole at the site, x north, y east, z down."""
    inclination = np.arctan(2.0 * np.tan(np.radians(latitude)))
    return polarity[:, None] * np.stack(
        [
            np.cos(inclination) * np.cos(declination),
            np.cos(inclination) * np.sin(declination),
            np.sin(inclination),
        ],
        axis=1,
    )


def published_sites(n, rng):
    latitude = rng.uniform(-65.0, 65.0, n)
    longitude = rng.uniform(-180.0, 180.0, n)
    age = rng.gamma(2.0, 0.9, n)
    polarity = rng.choice([-1.0, 1.0], n)
    drift = np.radians(6.0 * np.sin(np.radians(longitude)) + rng.normal(0.0, 4.0, n))
    precision = rng.lognormal(np.log(55.0), 0.8, n).clip(6.0, 900.0).round(1)
    direction = field_direction(latitude, drift, polarity)
    observed = unit(direction + rng.normal(size=(n, 3)) / np.sqrt(precision)[:, None])
    features = np.stack(
        [
            np.sin(np.radians(latitude)),
            np.cos(np.radians(latitude)),
            np.sin(np.radians(longitude)),
            np.cos(np.radians(longitude)),
            age / 5.0,
            polarity,
        ],
        axis=1,
    )
    targets = np.column_stack([observed, precision])
    return features.astype("float32"), targets.astype("float32")


@keras.saving.register_keras_serializable("palaeomag")
class FisherLikelihood(keras.losses.Loss):
    """Negative log density on the sphere; the fourth target column is the site's k."""

    def __init__(self, most_widening=2.0, name="fisher"):
        super().__init__(name=name)
        self.most_widening = most_widening

    def call(self, y_true, y_pred):
        mean = ops.normalize(y_pred[:, :3], axis=-1)
        cosine = ops.sum(mean * y_true[:, :3], axis=-1)
        widening = ops.clip(y_pred[:, 3], -self.most_widening, self.most_widening)
        kappa = y_true[:, 3] * ops.exp(widening)
        log_constant = ops.log(kappa) - ops.log(4.0 * np.pi * ops.sinh(kappa))  # whynan: exp_overflow phase=loss
        return -(log_constant + kappa * cosine)


def build(n_features):
    site = keras.Input((n_features,), name="site")
    h = layers.Dense(48, activation="tanh")(site)
    h = layers.Dense(48, activation="tanh")(h)
    direction = layers.Dense(3, name="direction")(h)
    widening = layers.Dense(1, kernel_initializer="zeros", name="widening")(h)
    return keras.Model(site, layers.Concatenate(name="estimate")([direction, widening]))


def main():
    keras.utils.set_random_seed(SEED)
    x, y = published_sites(N_SITES, np.random.default_rng(SEED))
    model = build(x.shape[1])
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0),
        loss=FisherLikelihood(),
    )
    history = model.fit(x, y, batch_size=64, epochs=4, verbose=2)
    print("last epoch:", history.history["loss"][-1])


if __name__ == "__main__":
    main()
