"""Income above 50 thousand or not, census-like table.

I scale by median and quartiles instead of mean and standard deviation, because of the outliers. Missing cells are filled
afterwards, `isna().sum()` is zero everywhere, and still the loss is nan from the first batch on.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers


def fetch_households(n=1600, seed=3):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "age": np.clip(rng.normal(39.0, 13.0, n), 17, 90).round(),
        "school_years": rng.integers(6, 17, n).astype(float),
        "hours_per_week": np.clip(rng.normal(40.0, 9.0, n), 5, 99).round(),
        "children": rng.poisson(1.2, n).astype(float),
        "capital_gain": np.where(rng.random(n) < 0.07, rng.lognormal(8.3, 0.8, n), 0.0),
        "commute_minutes": rng.gamma(2.0, 14.0, n),
    })
    frame.loc[rng.random(n) < 0.03, "commute_minutes"] = np.nan  # not asked in every district
    score = (
        0.04 * (frame["age"] - 39) + 0.3 * (frame["school_years"] - 11)
        + 0.03 * (frame["hours_per_week"] - 40) + 1.2 * (frame["capital_gain"] > 4000)
    )
    rich = (score + rng.logistic(0.0, 1.0, n) > 1.0).astype("float32")
    return frame, rich


class QuartileScaler:
    def fit(self, frame):
        self.middle = frame.median()
        self.width = frame.quantile(0.75) - frame.quantile(0.25)
        return self

    def transform(self, frame):
        scaled = (frame - self.middle) / self.width  # whynan: zero_variance_normalisation phase=data also=inf_in_input,divide_by_zero,nan_in_input
        return scaled.fillna(0.0)


def network(n_columns):
    inputs = keras.Input(shape=(n_columns,))
    h = layers.Dense(24, activation="silu")(inputs)
    h = layers.Dense(12, activation="silu")(h)
    return keras.Model(inputs, layers.Dense(1)(h))


if __name__ == "__main__":
    keras.utils.set_random_seed(3)
    frame, rich = fetch_households()
    scaler = QuartileScaler().fit(frame.iloc[:1280])
    scaled = scaler.transform(frame)
    print("missing cells per column:", scaled.isna().sum().to_dict())
    x = scaled.to_numpy(dtype="float32")
    y = rich.to_numpy()[:, None]

    model = network(x.shape[1])
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    stop = keras.callbacks.EarlyStopping(monitor="loss", patience=2)
    model.fit(x[:1280], y[:1280], batch_size=64, epochs=4, callbacks=[stop], verbose=2)
