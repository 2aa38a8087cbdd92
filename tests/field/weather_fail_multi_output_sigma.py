# two heads: rain yes/no, and temperature with uncertainty. temp_loss is nan in the very first batch
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(36)


def make_station_data(n=320):
    rng = np.random.default_rng(36)
    x = rng.normal(size=(n, 9)).astype("float32")
    temp = (2.0 * x[:, 0] - x[:, 1] + rng.normal(0, 0.5, n)).astype("float32")
    rain = (x[:, 2] + x[:, 3] > 0).astype("float32")
    return x, {"temp": temp[:, None], "rain": rain[:, None]}


def make_nll(name, weight_prior=0.0):
    half_log_2pi = 0.5 * np.log(2.0 * np.pi)

    def nll(y_true, params):
        mu, sigma = params[:, 0:1], params[:, 1:2]
        z = (y_true - mu) / sigma
        return ops.mean(
            0.5 * ops.square(z)
            + ops.log(sigma)  # whynan: unconstrained_scale phase=loss also=log_of_negative
            + half_log_2pi
            + weight_prior * ops.square(sigma),
            axis=-1,
        )

    nll.__name__ = name
    return nll


class HeadFactory:
    @staticmethod
    def make(kind, features):
        if kind == "gaussian":
            return layers.Dense(2, name="temp")(features)          # mean and sigma
        return layers.Dense(1, activation="sigmoid", name="rain")(features)


inp = keras.Input((9,), name="station")
trunk = layers.Dense(32, activation="tanh")(inp)
trunk = layers.Dense(32, activation="tanh")(trunk)
model = keras.Model(inp, {"temp": HeadFactory.make("gaussian", trunk), "rain": HeadFactory.make("binary", trunk)})

model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss={"temp": make_nll("gaussian_nll"), "rain": "binary_crossentropy"},
    loss_weights={"temp": 0.2, "rain": 1.0},
)
x, y = make_station_data()
model.fit(
    x,
    y,
    batch_size=32,
    epochs=3,
    callbacks=[keras.callbacks.TerminateOnNaN(), keras.callbacks.EarlyStopping(monitor="loss", patience=2)],
    verbose=2,
)
