"""Gas demand of the next hour from one week of hourly readings, with a small recurrent net.

With an LSTM it trains. I wanted a plain cell without saturation, so that a whole week can be remembered, and
that one says nan at the very first batch. The table has no gaps, it is standardised, and clipnorm is set.
"""
import keras
import numpy as np

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)

HOURS, WEEK = 1100, 168
hour = np.arange(HOURS)
temperature = 6 + 5 * np.sin(2 * np.pi * (hour - 9) / 24) + rng.normal(0, 1.5, HOURS)
demand = 40 - 2.0 * temperature + 6 * np.cos(2 * np.pi * hour / 12) + rng.normal(0, 1, HOURS)
table = np.stack([demand, temperature, np.sin(hour * np.pi / 12), np.cos(hour * np.pi / 12)], axis=1)
table = ((table - table.mean(0)) / table.std(0)).astype("float32")

windows = keras.utils.timeseries_dataset_from_array(
    table[:-WEEK], table[WEEK:, 0], sequence_length=WEEK, batch_size=64, shuffle=True, seed=1)

inputs = keras.Input((WEEK, 4))
weights = keras.initializers.RandomNormal(stddev=0.5, seed=4)
state = keras.layers.SimpleRNN(64, activation="leaky_relu", recurrent_initializer=weights)(inputs)
demand_next = keras.layers.Dense(1)(state)

model = keras.Model(inputs, demand_next)
model.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="mse")
model.fit(windows, epochs=2, verbose=2)  # whynan: bad_initialization phase=forward also=exploding_gradient
