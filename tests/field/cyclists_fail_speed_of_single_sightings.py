"""Velocity of cyclists from one detection box, learned from the tracks of the crossing camera.

The boxes have no gaps (I dropped incomplete lines), the inputs are normalised, Huber loss, gradient clipping. Still the
loss becomes nan during the first epoch.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers

TRACK_LENGTHS = [12] * 5 + [1] + [12] * 15 + [1] + [12] * 14  # two riders were seen in one frame only
FRAME = 0.2  # seconds


def camera_tracks(rng):
    rows = []
    for rider, length in enumerate(TRACK_LENGTHS):
        heading = rng.uniform(0, 2 * np.pi)
        speed = rng.normal(4.8, 1.1)
        start = rng.uniform(-12, 12, 2)
        t0 = rng.uniform(0, 3000)
        for step in range(length):
            x, y = start + speed * FRAME * step * np.array([np.cos(heading), np.sin(heading)])
            x, y = np.array([x, y]) + rng.normal(0, 0.02, 2)
            distance = np.hypot(x, y + 20.0)
            rows.append({
                "rider": rider, "time": t0 + FRAME * step, "x": x, "y": y,
                "width": 30.0 * (0.6 + abs(np.cos(heading))) / distance + rng.normal(0, 0.02),
                "height": 50.0 / distance + rng.normal(0, 0.02),
                "lean_x": np.cos(heading) + rng.normal(0, 0.1), "lean_y": np.sin(heading) + rng.normal(0, 0.1),
                "pedalling": np.clip(speed / 8 + rng.normal(0, 0.1), 0, 1),
            })
    table = pd.DataFrame(rows)
    assert not table.isna().any().any()
    return table


def sighting_velocity(position, time, i):
    """Difference between the next and the previous sighting; one-sided at both ends of the track."""
    before, after = max(i - 1, 0), min(i + 1, len(time) - 1)
    with np.errstate(all="ignore"):
        return (position[after] - position[before]) / (time[after] - time[before])  # whynan: nan_in_label phase=data rows=60,241 also=divide_by_zero


def targets(table):
    out = []
    for _, track in table.groupby("rider", sort=True):
        position = track[["x", "y"]].to_numpy()
        time = track["time"].to_numpy()
        out.extend(sighting_velocity(position, time, i) for i in range(len(track)))
    return np.asarray(out, "float32")


def velocity_model(x):
    scale = layers.Normalization()
    scale.adapt(x)
    return keras.Sequential([
        layers.Input((x.shape[1],)), scale,
        layers.Dense(40, activation="relu"),
        layers.Dense(40, activation="relu"),
        layers.Dense(2),
    ])


if __name__ == "__main__":
    keras.utils.set_random_seed(77)
    tracks = camera_tracks(np.random.default_rng(77))
    x = tracks[["x", "y", "width", "height", "lean_x", "lean_y", "pedalling"]].to_numpy("float32")
    y = targets(tracks)
    model = velocity_model(x)
    model.compile(optimizer=keras.optimizers.Adam(2e-3, global_clipnorm=1.0), loss=keras.losses.Huber(delta=2.0),
                  metrics=["mae"])
    model.fit(x, y, batch_size=16, epochs=8, verbose=2)
