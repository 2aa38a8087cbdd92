"""Monthly rent of flats in a mid-size town, linear model with interaction terms.

I standardised all of my columns before anything else and the target too, so scaling cannot be the reason. With
degree=1 everything is fine. With degree=3 the first progress-bar numbers are already silly and then the loss is nan
for all remaining epochs. l2 and Nesterov momentum did not change anything.
"""
import keras
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

keras.utils.set_random_seed(7)

CONFIG = {
    "degree": 3,
    "l2": 1e-4,
    "lr": 0.05,
    "momentum": 0.9,
    "batch_size": 32,
    "epochs": 15,
}


def load_flats(n=1200):
    rng = np.random.default_rng(3)
    flats = pd.DataFrame({
        "area_m2": rng.lognormal(4.1, 0.45, n).clip(14, 380),
        "km_to_centre": rng.gamma(2.0, 2.2, n),
        "built": rng.integers(1890, 2024, n),
        "floor": rng.poisson(2.0, n),
        "service_charge": rng.lognormal(4.6, 0.5, n),
    })
    rent = (
        120
        + 9.5 * flats["area_m2"]
        - 21.0 * flats["km_to_centre"]
        + 1.4 * (flats["built"] - 1950)
        + 8.0 * flats["floor"]
        + 0.4 * flats["service_charge"]
        + 0.01 * (flats["area_m2"] - 70) * (flats["built"] - 1950)
    )
    flats["rent"] = rent + rng.normal(0, 60, n)
    return flats


def prepare(flats, degree):
    X = flats.drop(columns="rent").to_numpy("float64")
    y = flats["rent"].to_numpy("float64")
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=1)

    features = make_pipeline(
        StandardScaler(),
        PolynomialFeatures(degree=degree, include_bias=False),
    )
    X_train = features.fit_transform(X_train).astype("float32")
    X_test = features.transform(X_test).astype("float32")

    target = StandardScaler()
    y_train = target.fit_transform(y_train[:, None]).astype("float32")
    y_test = target.transform(y_test[:, None]).astype("float32")
    return X_train, X_test, y_train, y_test


def make_model(width, cfg):
    model = keras.Sequential([
        keras.Input((width,)),
        keras.layers.Dense(1, kernel_regularizer=keras.regularizers.l2(cfg["l2"])),
    ])
    sgd = keras.optimizers.SGD(cfg["lr"], momentum=cfg["momentum"], nesterov=True)
    model.compile(optimizer=sgd, loss="mse", metrics=["mae"])
    return model


def main():
    flats = load_flats()
    X_train, X_test, y_train, y_test = prepare(flats, CONFIG["degree"])
    print("train", X_train.shape, "target mean/std", y_train.mean().round(3), y_train.std().round(3))

    model = make_model(X_train.shape[1], CONFIG)
    model.fit(  # whynan: learning_rate_too_high phase=loss|gradient|update also=unscaled_input,exploding_gradient
        X_train, y_train,
        validation_data=(X_test, y_test),
        batch_size=CONFIG["batch_size"], epochs=CONFIG["epochs"], verbose=2,
    )
    print(model.evaluate(X_test, y_test, verbose=0))


if __name__ == "__main__":
    main()
