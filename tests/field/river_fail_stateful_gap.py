# stateful GRU on river level data (1 value / minute). After ~70 windows the loss is nan and stays nan forever
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(48)
WINDOW = 20


def read_gauge():
    minutes = pd.date_range("2023-03-01", periods=2001, freq="min")
    t = np.arange(len(minutes))
    rng = np.random.default_rng(48)
    level = 3.0 + np.sin(t / 90.0) + 0.05 * rng.normal(size=len(t))
    s = pd.Series(level, index=minutes, name="level")
    # the logger was rebooted, these minutes do not exist in the file
    return s.drop(s.index[1404:1411])


def to_windows(series):
    values = ((series - series.mean()) / series.std()).to_numpy("float32")
    n = (len(values) - 1) // WINDOW
    x = values[: n * WINDOW].reshape(n, WINDOW, 1)
    y = values[WINDOW : n * WINDOW + 1 : WINDOW].reshape(n, 1)
    return x, y


class ResetEachEpoch(keras.callbacks.Callback):
    def __init__(self, rnn):
        super().__init__()
        self.rnn = rnn

    def on_epoch_begin(self, epoch, logs=None):
        self.rnn.reset_state()


gauge = read_gauge()
gauge = gauge.asfreq("min")  # whynan: nan_in_input phase=data rows=70
x, y = to_windows(gauge)
print("windows", x.shape, "targets", y.shape)

rnn = layers.GRU(12, stateful=True)
inputs = keras.Input(batch_shape=(1, WINDOW, 1))
model = keras.Model(inputs, layers.Dense(1)(rnn(inputs)))
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mae")
model.fit(x, y, batch_size=1, epochs=2, shuffle=False, callbacks=[ResetEachEpoch(rnn)], verbose=2)
