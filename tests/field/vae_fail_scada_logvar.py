"""VAE for anomaly detection on wind turbine SCADA channels (port of the Keras VAE example)."""
import numpy as np
import pandas as pd
import keras
from keras import layers, ops

keras.utils.set_random_seed(3)
LATENT = 16


def load_scada(n=640):
    rng = np.random.default_rng(3)
    wind = rng.weibull(2.0, n) * 8
    df = pd.DataFrame({
        "active_power_w": np.clip(wind, 0, 12) ** 3 * 1200.0,
        "reactive_power_var": rng.normal(0, 3e5, n),
        "rotor_rpm": 4 + wind,
        "nacelle_temp_c": rng.normal(31, 4, n),
        "pitch_deg": rng.uniform(-2, 80, n),
        "grid_voltage_v": rng.normal(690, 3, n),
    })
    return df.astype("float32")


class Sampling(layers.Layer):
    """Reparametrisation trick."""

    def __init__(self, **kw):
        super().__init__(**kw)
        self.seed_generator = keras.random.SeedGenerator(17)

    def call(self, inputs):
        mean, log_var = inputs
        eps = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_var) * eps  # whynan: exp_overflow phase=forward also=unscaled_input


def build_encoder(n_features):
    x_in = keras.Input((n_features,))
    h = layers.Dense(64, activation="relu")(x_in)
    h = layers.Dense(32, activation="relu")(h)
    mean = layers.Dense(LATENT, name="z_mean")(h)
    log_var = layers.Dense(LATENT, name="z_log_var")(h)
    return keras.Model(x_in, [mean, log_var, Sampling()([mean, log_var])], name="encoder")


def build_decoder(n_features):
    z = keras.Input((LATENT,))
    h = layers.Dense(32, activation="relu")(z)
    h = layers.Dense(64, activation="relu")(h)
    return keras.Model(z, layers.Dense(n_features)(h), name="decoder")


class VAE(keras.Model):
    def __init__(self, encoder, decoder, beta=0.5):
        super().__init__()
        self.encoder, self.decoder, self.beta = encoder, decoder, beta

    def call(self, x):
        mean, log_var, z = self.encoder(x)
        kl = -0.5 * ops.sum(1 + log_var - ops.square(mean) - ops.exp(log_var), axis=1)
        self.add_loss(self.beta * ops.mean(kl))
        return self.decoder(z)


df = load_scada()
# TODO: MinMaxScaler? the tree baseline did not need any
X = df.to_numpy()
vae = VAE(build_encoder(X.shape[1]), build_decoder(X.shape[1]))
vae.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
vae.fit(X, X, batch_size=64, epochs=3, verbose=2)
