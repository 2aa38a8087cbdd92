"""Claim severity with a gamma deviance (after the scikit-learn "Tweedie regression on
insurance claims" example, rewritten for Keras)."""
import numpy as np
import pandas as pd
import keras
from keras import layers, ops
from sklearn.preprocessing import StandardScaler

NUMERIC = ["veh_age", "driver_age", "bonus_malus", "density"]
TRAIN_ROWS = 900


def load_claims(n=1100, seed=12):
    rng = np.random.default_rng(seed)
    claims = pd.DataFrame({
        "veh_age": rng.integers(0, 20, n),
        "driver_age": rng.integers(18, 85, n),
        "bonus_malus": rng.integers(50, 150, n),
        "density": rng.lognormal(6, 1.2, n),
        "region": rng.choice(["R11", "R24", "R53", "R82"], n),
    })
    mean = np.exp(6.5 + 0.01 * claims.bonus_malus - 0.01 * claims.veh_age)
    claims["amount"] = np.round(rng.gamma(2.0, mean / 2.0) + 1.0, 2)
    # claims closed without payment
    claims.loc[[58, 311, 742], "amount"] = 0.0
    return claims


def features_and_target(claims):
    claims = claims.copy()
    # the example trains on the rows with ClaimNb > 0, here every row is a claim
    claims["density"] = np.log(claims["density"])
    x = pd.get_dummies(claims[NUMERIC + ["region"]], columns=["region"], dtype=float)
    train = x.iloc[:TRAIN_ROWS]
    scaler = StandardScaler().fit(train[NUMERIC])
    x[NUMERIC] = scaler.transform(x[NUMERIC])
    y = claims["amount"] / claims["amount"].iloc[:TRAIN_ROWS].mean()
    return x.to_numpy("float32"), y.to_numpy("float32")


class GammaDeviance(keras.losses.Loss):
    """2 * (y / mu - 1 - log(y / mu))"""

    def __init__(self, name="gamma_deviance"):
        super().__init__(name=name)

    def call(self, y_true, y_pred):
        ratio = self.relative(y_true, y_pred)
        return 2.0 * ops.mean(self.unit_deviance(ratio), axis=-1)

    @staticmethod
    def relative(y_true, mu):
        return ops.cast(y_true, mu.dtype) / mu

    @staticmethod
    def unit_deviance(ratio):
        return ratio - 1.0 - ops.log(ratio)  # whynan: label_out_of_range phase=loss rows=58,311,742 also=log_of_zero,label_on_boundary


def positive_mean(x):
    return ops.softplus(x) + 1e-3


def build(n_features):
    inputs = keras.Input((n_features,))
    x = layers.Dense(32, activation="tanh", kernel_regularizer=keras.regularizers.L2(1e-4))(inputs)
    x = layers.Dense(16, activation="tanh")(x)
    mu = layers.Dense(1, activation=positive_mean, name="mu")(x)
    return keras.Model(inputs, mu)


if __name__ == "__main__":
    keras.utils.set_random_seed(6)
    claims = load_claims()
    print(claims.describe())
    x, y = features_and_target(claims)
    x_train, y_train = x[:TRAIN_ROWS], y[:TRAIN_ROWS]
    x_valid, y_valid = x[TRAIN_ROWS:], y[TRAIN_ROWS:]
    model = build(x.shape[1])
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=GammaDeviance(), metrics=["mae"])
    model.fit(
        x_train, y_train[:, None],
        validation_data=(x_valid, y_valid[:, None]),
        batch_size=64, epochs=8, verbose=2,
        callbacks=[keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=3)],
    )
