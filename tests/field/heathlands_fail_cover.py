import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(64)

SPECIES = 20
COLUMNS = ["ph", "conductivity", "nitrogen", "phosphate", "moisture", "shade", "height", "slope", "litter", "grazing"]


def survey(n=1500):
    rng = np.random.default_rng(640)
    df = pd.DataFrame(
        {
            "ph": rng.normal(4.6, 0.6, n),
            "conductivity": rng.lognormal(5.2, 0.4, n),
            "nitrogen": rng.gamma(4, 0.3, n),
            "phosphate": rng.gamma(3, 0.1, n),
            "moisture": rng.uniform(5, 80, n),
            "shade": rng.uniform(0, 1, n),
            "height": rng.normal(60, 25, n),
            "slope": rng.gamma(2, 3, n),
            "litter": rng.gamma(3, 1, n),
            "grazing": rng.uniform(0, 4, n),
        },
        columns=COLUMNS,
    )
    # plots at the dune edge that the spring tide reaches
    df.loc[[397, 858, 1204, 1411], "conductivity"] = [31200.0, 38450.0, 27900.0, 41100.0]
    z = (df.rank() / n - 0.5).to_numpy()
    mean = 1 / (1 + np.exp(-(z @ rng.normal(0, 2.0, (len(COLUMNS), SPECIES)) - 0.5)))
    cover = rng.beta(6 * mean, 6 * (1 - mean)).clip(0.005, 0.995)
    return df, cover.astype("float32")


class BetaCover(layers.Layer):
    """Two heads for the shape parameters of a Beta distribution per species; adds the likelihood as loss."""

    def __init__(self, n, **kw):
        super().__init__(**kw)
        self.head_a = layers.Dense(n, activation="elu")
        self.head_b = layers.Dense(n, activation="elu")

    def build(self, h_shape, cover_shape):
        self.head_a.build(h_shape)
        self.head_b.build(h_shape)

    def call(self, h, cover):
        a = self.head_a(h) + 1.0
        b = self.head_b(h) + 1.0
        log_norm = tf.math.lgamma(a) + tf.math.lgamma(b) - tf.math.lgamma(a + b)  # whynan: special_function_domain phase=forward|loss also=unscaled_input,unconstrained_scale rows=397,858,1204,1411
        log_lik = (a - 1.0) * tf.math.log(cover) + (b - 1.0) * tf.math.log(1.0 - cover) - log_norm
        self.add_loss(-tf.reduce_mean(log_lik))
        return (a + 1e-3) / (a + b + 2e-3)


df, cover = survey()
median = df.median()
spread = df.quantile(0.75) - df.quantile(0.25)
env = ((df - median) / spread).to_numpy("float32")

env_in = keras.Input((len(COLUMNS),), name="env")
cover_in = keras.Input((SPECIES,), name="cover")
h = layers.Dense(64, activation="relu")(env_in)
h = layers.Dense(64, activation="relu")(h)
mean_cover = BetaCover(SPECIES, name="beta")(h, cover_in)
model = keras.Model({"env": env_in, "cover": cover_in}, mean_cover)

model.compile(optimizer=keras.optimizers.Adam(1e-3))
log = model.fit({"env": env, "cover": cover}, batch_size=50, epochs=6, verbose=2)

fitted = model.predict({"env": env, "cover": cover}, verbose=0)
print("mean absolute error of cover:", np.abs(fitted - cover).mean())
for s in range(3):
    print("species", s, "observed", cover[:, s].mean().round(3), "fitted", fitted[:, s].mean().round(3))
