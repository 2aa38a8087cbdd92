"""Seconds until an automatic forklift reaches its dock, from the last 24 records of its position log (GRU).

The log is binary and I read it without any conversion: no text, no empty fields, positions are whole millimetres. Loss is
nan in the first batch. With the log of the small hall (40 m) exactly the same program works.
"""
import io

import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(64)

RECORD = np.dtype([("x", "<i4"), ("y", "<i4"), ("speed", "<u2"), ("load", "<u1"), ("flags", "<u1")])
DOCK = {"x": 3_500, "y": 2_000}
STEPS = 24


def write_log(n_runs=240, hall=(140_000, 90_000), seed=8):
    """Stands in for the controller: straight runs towards the dock, one record per second."""
    rng = np.random.default_rng(seed)
    buffer = io.BytesIO()
    seconds_left = []
    for _ in range(n_runs):
        start = np.array([rng.uniform(20_000, hall[0]), rng.uniform(5_000, hall[1])])
        dock = np.array([DOCK["x"], DOCK["y"]], float)
        speed = rng.uniform(800, 1_600)  # mm/s
        direction = (dock - start) / np.linalg.norm(dock - start)
        t = np.arange(STEPS)
        xy = start + np.outer(np.minimum(t * speed, 0.9 * np.linalg.norm(dock - start)), direction)
        xy += rng.normal(0, 15, size=xy.shape)
        rows = np.zeros(STEPS, RECORD)
        rows["x"], rows["y"] = xy[:, 0], xy[:, 1]
        rows["speed"] = speed + rng.normal(0, 20, STEPS)
        rows["load"] = rng.integers(0, 100)
        buffer.write(rows.tobytes())
        seconds_left.append(np.linalg.norm(dock - xy[-1]) / speed)
    return buffer.getvalue(), np.array(seconds_left, "float32")


def read_log(blob):
    return np.frombuffer(blob, dtype=RECORD).reshape(-1, STEPS)


def features_of(log):
    dx = log["x"] - DOCK["x"]
    dy = log["y"] - DOCK["y"]
    metres = np.sqrt(dx * dx + dy * dy) / 1000.0  # whynan: int_overflow phase=data also=sqrt_of_negative,nan_in_input
    bearing = np.arctan2(dy, dx)
    columns = [metres / 50.0, np.sin(bearing), np.cos(bearing), log["speed"] / 1000.0, log["load"] / 100.0]
    return np.stack(columns, axis=-1).astype("float32")


def build(n_features):
    inp = keras.Input((STEPS, n_features))
    x = layers.GRU(24, return_sequences=True)(inp)
    x = layers.GRU(16)(x)
    out = layers.Dense(1)(x)
    model = keras.Model(inp, out)
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=keras.losses.Huber(delta=1.0))
    return model


def main():
    blob, seconds = write_log()
    log = read_log(blob)
    print("runs:", len(log), " x up to", log["x"].max(), "mm, y up to", log["y"].max(), "mm")

    x = features_of(log)
    y = ((seconds - seconds.mean()) / seconds.std())[:, None]
    order = np.random.default_rng(0).permutation(len(x))
    cut = int(0.8 * len(x))

    model = build(x.shape[-1])
    model.fit(
        x[order[:cut]],
        y[order[:cut]],
        validation_data=(x[order[cut:]], y[order[cut:]]),
        batch_size=32,
        epochs=4,
        verbose=2,
    )
    guess = model.predict(x[:3], verbose=0).ravel() * seconds.std() + seconds.mean()
    print("seconds left:", np.round(guess, 1), "true:", np.round(seconds[:3], 1))


if __name__ == "__main__":
    main()
