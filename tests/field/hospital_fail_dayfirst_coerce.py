"""Readmission within 30 days. Two hospitals deliver their admissions as CSV files."""
import os
import tempfile
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(8)
LATE_IN_MONTH = {6: 14, 31: 27, 58: 19, 92: 28, 133: 22, 171: 13, 214: 25}


def write_site_files(folder, n=260):
    """Two sites in one export; site B (roughly one patient in nine) writes dd/mm/yyyy."""
    rng = np.random.default_rng(40)
    lines = ["patient,site,admitted,discharged,age,previous,readmitted"]
    for i in range(n):
        month = int(rng.integers(1, 12))
        site_b = i in LATE_IN_MONTH or i % 9 == 0
        day = LATE_IN_MONTH.get(i, int(rng.integers(1, 13)) if site_b else int(rng.integers(1, 26)))
        admitted = pd.Timestamp(2022, month, day)
        discharged = admitted + pd.Timedelta(days=int(rng.integers(1, 15)))
        text = admitted.strftime("%d/%m/%Y" if site_b else "%m/%d/%Y")
        previous = int(rng.poisson(1.2))
        lines.append(f"P{i:04d},{'B' if site_b else 'A'},{text},{discharged:%Y-%m-%d},"
                     f"{int(rng.integers(20, 95))},{previous},{int(rng.random() < 0.15 + 0.12 * min(previous, 4))}")
    path = os.path.join(folder, "admissions.csv")
    with open(path, "w") as handle:
        handle.write("\n".join(lines))
    return path


@dataclass
class AdmissionFeatures:
    path: str
    date_format: str = "%m/%d/%Y"

    def _dates(self, frame):
        # some dates crashed the parser, so I added errors="coerce"
        frame["admitted"] = pd.to_datetime(frame["admitted"], format=self.date_format, errors="coerce")  # whynan: nan_in_input phase=data rows=6,31,58,92,133,171,214
        frame["discharged"] = pd.to_datetime(frame["discharged"])
        return frame

    def _derived(self, frame):
        frame["stay"] = (frame["discharged"] - frame["admitted"]).dt.days / 30.0
        season = 2 * np.pi * frame["admitted"].dt.dayofyear / 365.25
        frame["season_sin"] = np.sin(season)
        frame["season_cos"] = np.cos(season)
        frame["age"] = (frame["age"] - 55) / 20.0
        frame["previous"] = np.sqrt(frame["previous"])
        return frame

    def matrices(self):
        frame = self._derived(self._dates(pd.read_csv(self.path)))
        columns = ["stay", "season_sin", "season_cos", "age", "previous"]
        return frame[columns].to_numpy("float32"), frame["readmitted"].to_numpy("float32")


def main():
    with tempfile.TemporaryDirectory() as folder:
        x, y = AdmissionFeatures(write_site_files(folder)).matrices()
    inputs = keras.Input((5,), name="admission")
    h = keras.layers.Dense(24, activation="elu")(inputs)
    h = keras.layers.Dropout(0.1)(h)
    h = keras.layers.Dense(12, activation="elu")(h)
    model = keras.Model(inputs, keras.layers.Dense(1)(h))
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True), metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
    model.fit(x, y, batch_size=26, epochs=4, verbose=2)


main()
