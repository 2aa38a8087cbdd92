"""Activity of griffon vultures (ODBA from the accelerometer) from the shape of half a day of GPS fixes.

The fixes of eight birds arrive mixed as the server received them, tf.data sorts them into windows of twelve hours per
bird.  The coordinates are plain integers (UTM metres), there is not a single missing value in the file, and still the
loss turns into nan in the fifth batch.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(17)

BIRDS, HALF_DAYS, HOURS = 8, 20, 12
WANDERERS = {3: 8, 6: 8}  # bird -> half day in which it left for another colony, it came back in the next one


def fixes():
    """Columns in the order of arrival: every hour one fix of every bird."""
    rng = np.random.default_rng(55)
    roost = np.column_stack([rng.integers(425_000, 440_000, BIRDS), rng.integers(4_640_000, 4_655_000, BIRDS)])
    rows = []
    for half_day in range(HALF_DAYS):
        reach = rng.uniform(2_500, 9_500, BIRDS) * (1.0 if half_day % 2 == 0 else 0.05)
        bearing = rng.uniform(0, 2 * np.pi, BIRDS)
        for hour in range(HOURS):
            for bird in range(BIRDS):
                out = reach[bird] * np.sin(np.pi * hour / (HOURS - 1))
                place = roost[bird] + out * np.array([np.cos(bearing[bird]), np.sin(bearing[bird])])
                left = WANDERERS.get(bird, -9)
                if half_day in (left, left + 1):
                    part = hour / (HOURS - 1)
                    part = part if half_day == left else 1.0 - part
                    place = roost[bird] + part * np.array([41_000, -34_000])
                place = place + rng.normal(0, 60, 2)
                odba = 0.15 + reach[bird] / 30_000 + rng.normal(0, 0.02)
                rows.append((bird, round(place[0]), round(place[1]), odba))
    bird, east, north, odba = zip(*rows)
    return {
        "bird": np.array(bird, "int64"),
        "east": np.array(east, "int32"),
        "north": np.array(north, "int32"),
        "odba": np.array(odba, "float32"),
    }


def describe(window):
    track = tf.stack([window["east"], window["north"]], axis=1)
    steps = track[1:] - track[:-1]
    moved = track[-1] - track[0]
    step_km = tf.norm(tf.cast(steps, tf.float32), axis=1) / 1000.0
    net_km = tf.sqrt(tf.cast(tf.reduce_sum(moved * moved), tf.float32)) / 1000.0  # whynan: int_overflow phase=data rows=3,6,11,14 also=sqrt_of_negative,nan_in_input
    path_km = tf.reduce_sum(step_km)
    straightness = net_km / (path_km + 0.1)
    features = tf.stack([net_km / 10.0, path_km / 10.0, straightness, tf.reduce_max(step_km)])
    return features, tf.reduce_mean(window["odba"])


def windows(columns, batch=16):
    ds = tf.data.Dataset.from_tensor_slices(columns)
    ds = ds.group_by_window(
        key_func=lambda fix: fix["bird"],
        reduce_func=lambda bird, group: group.batch(HOURS),
        window_size=HOURS,
    )
    return ds.map(describe).batch(batch).cache()


columns = fixes()
assert all(np.isfinite(column).all() for column in columns.values())
print({name: (column.min(), column.max()) for name, column in columns.items()})

model = keras.Sequential([
    keras.Input((4,)),
    keras.layers.Dense(24, activation="elu"),
    keras.layers.Dense(12, activation="elu"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="mse")
model.fit(windows(columns), epochs=6, verbose=2)
