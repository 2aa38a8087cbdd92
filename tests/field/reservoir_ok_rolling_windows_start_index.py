"""Reservoir level one week ahead from two weeks of daily values. frame.isna().sum() shows almost five hundred NaN in
what I pass to timeseries_dataset_from_array, and np.isnan(target).sum() is not zero either. I expected loss: nan, but
it trains. Am I just lucky with the shuffling?
"""
# %% imports
import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

# %% four years of daily data
N = 1500
day = pd.date_range("2020-01-01", periods=N, freq="D")
season = np.sin(2.0 * np.pi * (np.arange(N) - 40) / 365.25)
rain = rng.gamma(0.5, 6.0 + 2.5 * season)
frame = pd.DataFrame({"rain": rain}, index=day)
frame["inflow"] = frame["rain"].ewm(span=10).mean() + 0.3 * rng.random(N)
frame["level"] = 42.0 + 0.8 * frame["inflow"].ewm(span=45).mean() + 1.5 * season + 0.05 * rng.normal(size=N)
frame["remark_code"] = np.nan

# %% features of the operator's handbook
frame["inflow_90d"] = frame["inflow"].rolling(90).mean()
frame["level_change_30d"] = frame["level"].diff(30)
frame["level_last_year"] = frame["level"].shift(365)
frame["season"] = season
frame = frame.drop(columns="remark_code")
print(frame.isna().sum())

# %% scaling on the training years
WARM_UP, SPLIT = 365, 1180
WINDOW, HORIZON = 14, 7
reference = frame.iloc[WARM_UP:SPLIT]
values = ((frame - reference.mean()) / reference.std()).to_numpy("float32")
ahead = frame["level"].shift(-(WINDOW - 1 + HORIZON))
target = ((ahead - reference["level"].mean()) / reference["level"].std()).to_numpy("float32")
print("NaN in values:", int(np.isnan(values).sum()), " NaN in target:", int(np.isnan(target).sum()))

# %% windows
common = dict(data=values, targets=target, sequence_length=WINDOW, batch_size=32)
train = keras.utils.timeseries_dataset_from_array(
    **common, start_index=WARM_UP, end_index=SPLIT, shuffle=True, seed=4
)
test = keras.utils.timeseries_dataset_from_array(**common, start_index=SPLIT, end_index=N - HORIZON)

# %% model
inputs = keras.Input((WINDOW, values.shape[1]))
hidden = layers.GRU(24)(inputs)
hidden = layers.Dense(16, activation="relu")(hidden)
model = keras.Model(inputs, layers.Dense(1)(hidden))
model.compile(keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"])

# %% training
history = model.fit(train, validation_data=test, epochs=8, verbose=2)  # whynan: healthy

# %% result in metres
scale = float(reference["level"].std())
print(f"mean absolute error: {history.history['val_mae'][-1] * scale:.2f} m")
