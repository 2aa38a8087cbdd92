"""Flow reserve of the heart muscle from rubidium-82 PET, read from the export of the scanner (JSON lines).

The loss is nan in the first epoch. I looked through the export: no null, no negative count, every examination
has all 17 segments and a body weight. A smaller learning rate makes no difference, neither does clipnorm.
"""
import json
import os
import tempfile
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers

HALF_LIFE_S = 75.45
SEGMENTS = 17
DAY_S = 24 * 3600


def as_clock(seconds):
    seconds = int(seconds) % DAY_S
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"


def as_seconds(text):
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return 3600 * hours + 60 * minutes + seconds


def write_export(path, examinations=420):
    rng = np.random.default_rng(12)
    second_console = {143: 4, 260: 6}
    with open(path, "w") as out:
        for number in range(examinations):
            reserve = rng.uniform(1.0, 4.2)
            eluted = int(rng.integers(7 * 3600, 18 * 3600))
            delay = int(rng.integers(15, 140))
            weight = float(rng.normal(79.0, 13.0))
            activity = float(rng.uniform(740.0, 1480.0))
            left = 0.5 ** (delay / HALF_LIFE_S)
            pattern = 0.6 + 0.12 * reserve + 0.05 * rng.normal(size=SEGMENTS)
            counts = activity * left * np.clip(pattern, 0.1, None) * 70.0 / max(weight, 40.0)
            scanner_time = eluted + delay
            if number in second_console:
                scanner_time = eluted - second_console[number]
            record = {
                "exam": f"MPI-{number:04d}",
                "eluted": as_clock(eluted),
                "acquired": as_clock(scanner_time),
                "activity_mbq": round(activity, 1),
                "weight_kg": round(weight, 1),
                "counts": [round(float(value), 2) for value in counts],
                "reserve": round(float(reserve), 3),
            }
            out.write(json.dumps(record) + "\n")


@dataclass
class Examination:
    eluted: int
    acquired: int
    activity: float
    weight: float
    counts: np.ndarray
    reserve: float

    @classmethod
    def from_line(cls, line):
        record = json.loads(line)
        return cls(as_seconds(record["eluted"]), as_seconds(record["acquired"]), record["activity_mbq"],
                   record["weight_kg"], np.asarray(record["counts"]), record["reserve"])

    def decay_factor(self):
        elapsed = (self.acquired - self.eluted) % DAY_S      # also right for a patient around midnight
        return np.exp2(elapsed / HALF_LIFE_S)  # whynan: exp_overflow phase=data rows=143,260 also=inf_in_input

    def features(self):
        uptake = self.counts * self.decay_factor() / self.activity
        return np.append(uptake, self.weight)


class RobustColumns:
    def fit(self, table):
        self.centre = np.median(table, axis=0)
        low, high = np.percentile(table, [25, 75], axis=0)
        self.spread = np.maximum(high - low, 1e-3)
        return self

    def __call__(self, table):
        return ((table - self.centre) / self.spread).astype("float32")


def load(path):
    with open(path) as lines:
        examinations = [Examination.from_line(line) for line in lines if line.strip()]
    table = np.stack([examination.features() for examination in examinations])
    reserve = np.array([examination.reserve for examination in examinations], dtype="float32")
    return RobustColumns().fit(table)(table), reserve


def build():
    inputs = keras.Input((SEGMENTS + 1,))
    hidden = layers.Dense(32, activation="swish")(inputs)
    hidden = layers.Dense(16, activation="swish")(hidden)
    return keras.Model(inputs, layers.Dense(1)(hidden))


def main():
    keras.utils.set_random_seed(3)
    with tempfile.TemporaryDirectory() as folder:
        export = os.path.join(folder, "perfusion.jsonl")
        write_export(export)
        x, reserve = load(export)
    model = build()
    model.compile(keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="mse", metrics=["mae"])
    model.fit(x, reserve, validation_split=0.2, batch_size=32, epochs=5, verbose=2)


if __name__ == "__main__":
    main()
