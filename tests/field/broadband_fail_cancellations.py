"""When does a household cancel its broadband contract?

Discrete-time hazard model: the net gives, for every week of the five years that we
look at, the chance of leaving in that week given that the household is still with us.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(42)
WEEKS = 260


def load_customers(n=2400, seed=42):
    rng = np.random.default_rng(seed)
    df = pd.DataFrame(
        {
            "monthly_fee": rng.normal(38, 9, n).clip(15, 80),
            "speed_mbit": rng.choice([50, 100, 250, 1000], n, p=[0.3, 0.4, 0.2, 0.1]),
            "outages_per_year": rng.poisson(1.2, n),
            "support_calls": rng.poisson(0.8, n),
            "bundle_tv": rng.integers(0, 2, n),
            "age": rng.integers(20, 85, n),
        }
    )
    score = (
        0.03 * (df.monthly_fee - 38)
        + 0.25 * (df.outages_per_year - 1.2)
        + 0.2 * (df.support_calls - 0.8)
        - 0.4 * df.bundle_tv
        - 0.01 * (df.age - 50)
    )
    weekly = 0.0045 * np.exp(score)
    leave_after = rng.exponential(1.0 / weekly)
    df["left"] = (leave_after < WEEKS).astype("float32")
    df["week"] = np.minimum(leave_after, WEEKS - 1).astype(int)
    return df


def features(df):
    cols = ["monthly_fee", "speed_mbit", "outages_per_year", "support_calls", "bundle_tv", "age"]
    x = df[cols].astype("float32").copy()
    x["speed_mbit"] = np.log(x["speed_mbit"])
    return ((x - x.mean()) / x.std()).to_numpy("float32")


def hazard_nll(y_true, hazard):
    week = tf.cast(y_true[:, 0], tf.int32)
    left = y_true[:, 1]
    still_here = tf.math.cumprod(1.0 - hazard, axis=1, exclusive=True)
    h_last = tf.gather(hazard, week, batch_dims=1)
    s_last = tf.gather(still_here, week, batch_dims=1)
    log_last = left * tf.math.log(h_last) + (1.0 - left) * tf.math.log(1.0 - h_last)
    return -(tf.math.log(s_last) + log_last)  # whynan: log_of_zero phase=loss also=exp_underflow


def build(n_features):
    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dropout(0.1),
            keras.layers.Dense(WEEKS, activation="sigmoid"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=hazard_nll)
    return model


def main():
    df = load_customers()
    x = features(df)
    y = df[["week", "left"]].to_numpy("float32")
    print(f"{df.left.mean():.0%} of the households left within five years")

    model = build(x.shape[1])
    model.fit(x, y, batch_size=64, epochs=8, validation_split=0.15, verbose=2)

    hazard = model.predict(x[:200], verbose=0)
    survival = np.cumprod(1 - hazard, axis=1)
    print("expected share still here after one year:", survival[:, 51].mean())


if __name__ == "__main__":
    main()
