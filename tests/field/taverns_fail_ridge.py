# Weekly takings of the tavern group: move the ridge regression from the notebook to Keras,
# so that it can be served together with the other models.
import argparse
import logging

import keras
import numpy as np
import pandas as pd
from sklearn.linear_model import RidgeCV
from sklearn.preprocessing import StandardScaler

log = logging.getLogger("taverns")

NUMERIC = ["seats", "terrace_m2", "rent_k", "staff", "temp_c", "rain_mm",
           "match_nights", "quiz_nights", "beers_on_tap", "age_years"]


def make_frame(n_weeks, rng):
    df = pd.DataFrame(
        {
            "seats": rng.integers(30, 140, n_weeks).astype(float),
            "terrace_m2": rng.gamma(3, 12, n_weeks),
            "rent_k": rng.normal(5.5, 1.4, n_weeks),
            "temp_c": rng.normal(12, 7, n_weeks),
            "rain_mm": rng.gamma(1.5, 9, n_weeks),
            "match_nights": rng.integers(0, 4, n_weeks).astype(float),
            "quiz_nights": rng.integers(0, 3, n_weeks).astype(float),
            "beers_on_tap": rng.integers(3, 19, n_weeks).astype(float),
            "age_years": rng.integers(1, 90, n_weeks).astype(float),
        }
    )
    df["staff"] = (df.seats / 12 + rng.normal(0, 1.5, n_weeks)).round()
    df["takings_k"] = (
        4 + 0.09 * df.seats + 0.02 * df.terrace_m2 * (df.temp_c > 14)
        + 0.9 * df.match_nights + 0.5 * df.quiz_nights - 0.01 * df.rain_mm
        + rng.normal(0, 2.2, n_weeks)
    )
    return df


def notebook_alpha(x, y):
    cv = RidgeCV(alphas=[50.0, 100.0, 200.0, 400.0]).fit(x, y)
    log.info("RidgeCV picked alpha=%s, R2 %.3f", cv.alpha_, cv.score(x, y))
    return float(cv.alpha_)


def ridge_model(n_features, alpha, lr):
    model = keras.Sequential(
        [
            keras.layers.Input((n_features,)),
            keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(alpha)),
        ],
        name="ridge",
    )
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=lr),
        loss="mean_squared_error",
        metrics=["mae"],
    )
    return model


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=2400)
    parser.add_argument("--lr", type=float, default=0.05)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=8)
    args = parser.parse_args(argv)

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    keras.utils.set_random_seed(2024)
    df = make_frame(args.weeks, np.random.default_rng(2024))

    train, test = df.iloc[: int(0.8 * len(df))], df.iloc[int(0.8 * len(df)):]
    scaler = StandardScaler().fit(train[NUMERIC])
    x_train = scaler.transform(train[NUMERIC]).astype("float32")
    x_test = scaler.transform(test[NUMERIC]).astype("float32")
    y_train = train["takings_k"].to_numpy("float32")
    y_test = test["takings_k"].to_numpy("float32")

    alpha = notebook_alpha(x_train, y_train)
    model = ridge_model(x_train.shape[1], alpha, args.lr)
    history = model.fit(x_train, y_train, batch_size=args.batch_size, epochs=args.epochs, verbose=2)  # whynan: regularization_too_large phase=loss|gradient|update
    log.info("last train loss %.3f", history.history["loss"][-1])

    mse, mae = model.evaluate(x_test, y_test, verbose=0)
    log.info("test mae %.2f k", mae)
    coef = pd.Series(model.get_weights()[0][:, 0], index=NUMERIC)
    print(coef.sort_values(ascending=False).round(3).to_string())


if __name__ == "__main__":
    main()
