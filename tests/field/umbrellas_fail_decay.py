"""
Umbrella rental at the station: does a customer return it the same day, later, or never?
The logistic regression is the baseline in production; the net should use the same amount of shrinkage.
"""
import numpy as np
import pandas as pd
import keras
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

SETTINGS = dict(seed=519, rows=1600, c=0.02, rate=0.1, batch=64, epochs=10)


def rentals(rows, seed):
    rng = np.random.default_rng(seed)
    df = pd.DataFrame({
        "rain_mm": rng.gamma(1.5, 3.0, rows),
        "rain_left_mm": rng.gamma(1.0, 2.0, rows),
        "wind_ms": rng.weibull(2, rows) * 5,
        "hour": rng.integers(6, 23, rows),
        "weekend": rng.integers(0, 2, rows),
        "app_user": rng.integers(0, 2, rows),
        "earlier_rentals": rng.poisson(2.5, rows),
        "deposit_eur": rng.choice([5.0, 10.0, 15.0], rows),
        "distance_home_km": rng.gamma(2.0, 4.0, rows),
    })
    same_day = 0.6 * df.app_user + 0.12 * df.deposit_eur - 0.08 * df.distance_home_km
    later = 0.15 * df.rain_left_mm + 0.1 * df.earlier_rentals
    never = 0.18 * df.wind_ms - 0.05 * df.deposit_eur
    score = np.stack([same_day, later, never], axis=1) + rng.gumbel(size=(rows, 3))
    return df, score.argmax(axis=1)


def network(n_features):
    return keras.Sequential([
        keras.Input((n_features,)),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dense(3),
    ])


def run(seed, rows, c, rate, batch, epochs):
    keras.utils.set_random_seed(seed)
    df, outcome = rentals(rows, seed)
    x_train, x_test, y_train, y_test = train_test_split(
        df.to_numpy(), outcome, test_size=0.25, random_state=seed, stratify=outcome)
    scaler = StandardScaler().fit(x_train)
    x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)

    baseline = LogisticRegression(C=c, max_iter=500).fit(x_train, y_train)
    print("baseline accuracy", baseline.score(x_test, y_test))

    model = network(x_train.shape[1])
    model.compile(
        optimizer=keras.optimizers.SGD(rate, weight_decay=1.0 / baseline.C),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    log = model.fit(x_train, y_train, batch_size=batch, epochs=epochs, verbose=2)  # whynan: regularization_too_large phase=forward|loss|update
    print("net accuracy", model.evaluate(x_test, y_test, verbose=0)[1])
    return log


if __name__ == "__main__":
    run(**SETTINGS)
