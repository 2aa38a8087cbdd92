'''How long will the next call take? Sequence model over the last calls of a helpline.'''

import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(61)

LOOKBACK = 8
LINES = ['tax', 'pension', 'housing', 'passport']


def phone_log(days=3):
    rng = np.random.default_rng(88)
    parts = []
    for k, line in enumerate(LINES):
        mean_gap = 45 + 15 * k
        n = int(days * 10 * 3600 / mean_gap)
        seconds = np.cumsum(rng.exponential(mean_gap, n)).astype('int64')
        duration = rng.gamma(2.0, 90 + 25 * k, n)
        parts.append(pd.DataFrame({
            'line': line,
            'ts': pd.Timestamp('2025-02-03 08:00:00') + pd.to_timedelta(seconds, unit='s'),
            'duration': duration,
        }))
    log = pd.concat(parts, ignore_index=True)
    return log.sort_values(['line', 'ts']).reset_index(drop=True)


def time_features(log):
    out = log.copy()
    gap = out.groupby('line')['ts'].diff().dt.total_seconds().fillna(60.0)
    out['log_gap'] = np.log(gap) - 3.5  # whynan: log_of_zero phase=data also=inf_in_input
    frac = out['ts'].dt.hour / 24 + out['ts'].dt.minute / 1440
    out['day_sin'] = np.sin(2 * np.pi * frac)
    out['day_cos'] = np.cos(2 * np.pi * frac)
    out['log_dur'] = np.log(out['duration']) - 5.0
    return out


def windows(table):
    cols = ['log_gap', 'day_sin', 'day_cos', 'log_dur']
    xs, ys = [], []
    for _, part in table.groupby('line'):
        v = part[cols].to_numpy('float32')
        for i in range(LOOKBACK, len(v)):
            xs.append(v[i - LOOKBACK:i])
            ys.append(v[i, 3])
    return np.stack(xs), np.array(ys, dtype='float32')[:, None]


def batches(x, y, size, seed):
    rng = np.random.default_rng(seed)
    while True:
        pick = rng.integers(0, len(x), size)
        yield x[pick], y[pick]


table = time_features(phone_log())
x, y = windows(table)
cut = int(0.85 * len(x))
shuffle = np.random.default_rng(0).permutation(len(x))
tr, te = shuffle[:cut], shuffle[cut:]
print(len(tr), 'training windows,', len(te), 'held out')

model = keras.Sequential([
    keras.Input((LOOKBACK, 4)),
    layers.LSTM(16),
    layers.Dense(8, activation='tanh'),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Nadam(1e-3), loss='mae')

gen = batches(x[tr], y[tr], 32, seed=9)
history = model.fit(gen, steps_per_epoch=40, epochs=3, verbose=2)

print('training mae', history.history['loss'])
print('held out mae', model.evaluate(x[te], y[te], verbose=0))
