"""Ripeness of compost from the daily means of the plant's logger.

I opened the export in a spreadsheet and scrolled through it: every cell is filled. The loss is nan in the first epoch all
the same, with Adam and with SGD.
"""
import io

import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(12)

FEATURES = ["core_c", "moisture", "co2_pct", "days_since_turning"]
PREFACE = (
    "# compost logger 2.4, plant north\n"
    "# daily means, one line per bay and day; dates in local time\n"
)
# the logger was down on three days, the night shift typed those lines in
TYPED_BY_HAND = {(10, 2), (37, 3), (58, 2)}


def logger_export(days=80, bays=4):
    rng = np.random.default_rng(12)
    lines = ["date,ripeness,bay,core_c,moisture,co2_pct,days_since_turning"]
    dates = pd.date_range("2024-03-01", periods=days, freq="D").strftime("%Y-%m-%d")
    for day in range(days):
        for bay in range(1, bays + 1):
            turned = (day + 2 * bay) % 9
            core = 68.0 - 0.45 * day - 0.8 * turned + rng.normal(0, 1.5)
            moisture = 0.58 - 0.0015 * day + rng.normal(0, 0.02)
            co2 = 14.0 - 0.11 * day + 0.3 * turned + rng.normal(0, 0.6)
            ripeness = 1.0 / (1.0 + np.exp(-(58.0 - core) / 8.0)) + rng.normal(0, 0.02)
            label = f"bay #{bay}" if (day, bay) in TYPED_BY_HAND else f"bay {bay}"
            lines.append(f"{dates[day]},{ripeness:.3f},{label},{core:.1f},{moisture:.3f},{co2:.2f},{turned}")
    return PREFACE + "\n".join(lines) + "\n"


def load(export):
    table = pd.read_csv(io.StringIO(export), comment="#", parse_dates=["date"])  # whynan: nan_in_input phase=data rows=41,150,233
    table["weekday"] = table["date"].dt.weekday / 6.0
    scaled = StandardScaler().fit_transform(table[FEATURES])
    x = np.column_stack([scaled, table["weekday"]]).astype("float32")
    y = table["ripeness"].to_numpy("float32")
    return x, y


def build(n_inputs):
    inputs = keras.Input((n_inputs,))
    h = layers.Dense(24, activation="swish")(inputs)
    h = layers.Dropout(0.1)(h)
    h = layers.Dense(12, activation="swish")(h)
    return keras.Model(inputs, layers.Dense(1)(h))


export = logger_export()
print("empty cells in the file:", export.count(",,"))

x, y = load(export)
model = build(x.shape[1])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
history = model.fit(x, y, validation_split=0.2, batch_size=32, epochs=5, verbose=0)
print(pd.DataFrame(history.history).round(4))
