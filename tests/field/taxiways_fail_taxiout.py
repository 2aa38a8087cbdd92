"""Taxi-out minutes from the surface movement log (first baseline)."""
import numpy as np
import pandas as pd
import keras

keras.utils.set_random_seed(123)


def load_movements(n=3000):
    rng = np.random.default_rng(77)
    start = pd.Timestamp("2024-03-01")
    off = rng.integers(0, 30 * 24 * 60, n)
    when = start + pd.to_timedelta(np.sort(off), unit="min")
    df = pd.DataFrame({
        "off_block": when,
        "queue_len": rng.poisson(3.0, n),
        "wind_kt": rng.gamma(2.0, 4.0, n).round(1),
        "wingspan_m": rng.choice([28.4, 34.1, 35.8, 47.6, 60.3], n),
        "stand_dist_km": rng.uniform(0.4, 3.2, n),
        "rwy_change": rng.integers(0, 2, n),
    })
    rush = np.isin(df["off_block"].dt.hour, [7, 8, 17, 18])
    df["taxi_min"] = (4 + 1.4 * df["queue_len"] + 2.2 * df["stand_dist_km"]
                      + 3.0 * rush + 1.5 * df["rwy_change"] + rng.normal(0, 1.0, n))
    return df


df = load_movements()
df["off_block_ms"] = df["off_block"].values.astype("datetime64[ms]").astype("int64")

features = ["off_block_ms", "queue_len", "wind_kt", "wingspan_m", "stand_dist_km", "rwy_change"]
df = df.sample(frac=1.0, random_state=5).reset_index(drop=True)
cut = int(0.85 * len(df))
X = df[features].to_numpy(dtype="float32")
y = df["taxi_min"].to_numpy(dtype="float32")

model = keras.Sequential([
    keras.layers.Input((len(features),)),
    keras.layers.Dense(32, activation="leaky_relu"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.001), loss="mse", metrics=["mae"])
model.fit(X[:cut], y[:cut], validation_data=(X[cut:], y[cut:]), batch_size=50, epochs=4, verbose=2)  # whynan: unscaled_input phase=forward|loss

pred = model.predict(X[cut:cut + 5], verbose=0)[:, 0]
print(pd.DataFrame({"true": y[cut:cut + 5], "pred": pred}))
