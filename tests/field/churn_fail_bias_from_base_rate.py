"""Churn with the 'correct' initial bias, like in the TF tutorial for imbalanced data."""
import pathlib
import tempfile

import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(55)
COLUMNS = ["account_length", "day_minutes", "eve_minutes", "custserv_calls"]


def export_csv(path, n=900):
    """Same layout as the export of the CRM: comma plus blank, label with a full stop."""
    rng = np.random.default_rng(1)
    lines = [",".join(COLUMNS + ["churn"])]
    for _ in range(n):
        calls = rng.poisson(1.5)
        day = rng.normal(180, 50)
        churn = rng.random() < 0.08 + 0.1 * (calls > 3) + 0.1 * (day > 250)
        lines.append(f"{rng.integers(1, 240)}, {day:.1f}, {rng.normal(200, 50):.1f}, {calls}, {churn}.")
    path.write_text("\n".join(lines))


class ChurnData:
    def __init__(self, path):
        frame = pd.read_csv(path)
        self.y = (frame["churn"] == "True.").to_numpy("int64")
        x = frame[COLUMNS].astype("float32")
        self.X = ((x - x.mean()) / x.std()).to_numpy()

    def class_counts(self):
        pos = self.y.sum()
        return pos, len(self.y) - pos


def log_odds(pos, neg):
    return np.log(pos / neg)  # whynan: nan_in_initial_weights phase=data|forward|loss also=log_of_zero,bad_initialization


def make_model(n_in, output_bias=None):
    bias_init = "zeros" if output_bias is None else keras.initializers.Constant(float(output_bias))
    model = keras.Sequential([
        keras.Input((n_in,)),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(1, bias_initializer=bias_init),
    ])
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
    )
    return model


with tempfile.TemporaryDirectory() as tmp:
    csv = pathlib.Path(tmp) / "churn.csv"
    export_csv(csv)
    data = ChurnData(csv)

model = make_model(data.X.shape[1], output_bias=log_odds(*data.class_counts()))
model.fit(data.X, data.y, batch_size=100, epochs=3, verbose=2)
