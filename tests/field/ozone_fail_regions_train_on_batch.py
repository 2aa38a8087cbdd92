"""Ozone anomalies and exceedances. Regions arrive one after the other, the model is
updated with train_on_batch and checked with test_on_batch on the last days."""
import contextlib
import time
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(90)

# climatology per station, copied from the agency's yearbook (ug/m3)
CLIMATOLOGY = {
    "DE-01": 61.0, "DE-02": 58.5, "DE-03": 64.2,
    "FR-11": 70.1, "FR-12": 66.4, "FR-13": 72.8,
    "IT-21": 81.0, "IT-22": 84.3,
}
REGIONS = {
    "germany": ["DE-01", "DE-02", "DE-03"],
    "france": ["FR-11", "FR-12", "FR-13"],
    "italy": ["IT-21", "IT-22", "IT-23"],      # IT-23 opened last summer
}
FEATURES = ["temp", "sun", "wind", "nox"]


@contextlib.contextmanager
def stopwatch(label):
    start = time.perf_counter()
    yield
    print(f"[{label}] {time.perf_counter() - start:.2f}s")


def download(region, rng, days=120):
    rows = []
    for station in REGIONS[region]:
        base = CLIMATOLOGY.get(station, 78.0)
        f = rng.normal(size=(days, len(FEATURES)))
        o3 = base + 9 * f[:, 0] + 5 * f[:, 1] - 4 * f[:, 3] + rng.normal(0, 2, days)
        rows.append(pd.DataFrame(f, columns=FEATURES).assign(station=station, day=np.arange(days), o3=o3))
    return pd.concat(rows).sort_values(["day", "station"]).reset_index(drop=True)


def departures(values, stations):
    return values - stations.map(CLIMATOLOGY)  # whynan: nan_in_label phase=data


def prepare(frame):
    frame = frame.copy()
    frame["anomaly"] = departures(frame["o3"], frame["station"]) / 10.0
    frame["exceeds"] = (frame["o3"] > 80).astype("float32")
    x = frame[FEATURES].to_numpy("float32")
    y = {name: frame[[name]].to_numpy("float32") for name in ("anomaly", "exceeds")}
    return x, y


def build():
    inputs = keras.Input((len(FEATURES),))
    h = layers.Dense(24, activation="elu")(inputs)
    model = keras.Model(inputs, {
        "anomaly": layers.Dense(1, name="anomaly")(h),
        "exceeds": layers.Dense(1, activation="sigmoid", name="exceeds")(h),
    })
    model.compile(
        optimizer=keras.optimizers.Adam(3e-3, gradient_accumulation_steps=2),
        loss={"anomaly": "mse", "exceeds": "binary_crossentropy"},
        loss_weights={"anomaly": 1.0, "exceeds": 0.3},
    )
    return model


def rows_of(y, sel):
    return {name: values[sel] for name, values in y.items()}


def main():
    rng = np.random.default_rng(90)
    model = build()
    for region in REGIONS:
        x, y = prepare(download(region, rng))
        cut = len(x) - 60
        with stopwatch(region):
            for sweep in range(4):
                order = rng.permutation(cut)
                for i in range(0, cut - 29, 30):
                    sel = order[i:i + 30]
                    logs = model.train_on_batch(x[sel], rows_of(y, sel), return_dict=True)
            held = slice(cut, None)
            test = model.test_on_batch(x[held], rows_of(y, held), return_dict=True)
        print(region, "train", {k: round(float(v), 4) for k, v in logs.items()}, "test", round(float(test["loss"]), 4))


if __name__ == "__main__":
    main()
