"""Visitors of the places of a regional leisure pass: last year's normal of the place and month plus a correction.

Before I hand the model over I ran a little script over the weights, and it says that 270 of the values in the model
are NaN, before training and after it. The losses look nice, though. Should I worry?
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(2024)
rng = np.random.default_rng(2024)

OPEN = {"ski lift": [12, 1, 2, 3], "lido": [5, 6, 7, 8, 9], "toboggan run": [4, 5, 6, 7, 8, 9, 10], "museum": None}
PLACES = pd.DataFrame({
    "kind": np.repeat(list(OPEN), [16, 16, 6, 4]),
    "size": rng.normal(5.6, 0.7, 42),
})


def season(days_per_month):
    rows = []
    for place, (kind, size) in enumerate(PLACES.itertuples(index=False)):
        for month in OPEN[kind] or range(1, 13):
            curve = 0.5 * np.cos((month - (1 if kind == "ski lift" else 7)) / 12 * 2 * np.pi)
            for _ in range(days_per_month):
                rows.append((place, month, size + curve))
    days = pd.DataFrame(rows, columns=["place", "month", "level"])
    days["weekend"] = (rng.random(len(days)) < 2 / 7).astype(float)
    days["rain"] = (rng.random(len(days)) < 0.35) * rng.exponential(1.0, len(days))
    days["warmth"] = rng.normal(0, 1, len(days))
    days["log_visitors"] = (
        days.pop("level") + 0.7 * days.weekend - 0.6 * np.minimum(days.rain, 2) + 0.25 * days.warmth
        + rng.normal(0, 0.15, len(days))
    )
    return days


class Normals(keras.layers.Layer):
    """The table place x month of last year, as it comes out of the pivot."""

    def __init__(self, table, **kwargs):
        super().__init__(trainable=False, **kwargs)
        self.table = self.add_weight(name="table", shape=(table.size,), initializer="zeros", trainable=False)
        self.table.assign(table.to_numpy(dtype="float32").reshape(-1))

    def call(self, place, month):
        return keras.ops.take(self.table, place * 12 + month - 1, axis=0)


class VisitorModel(keras.Model):
    def __init__(self, table):
        super().__init__()
        self.normals = Normals(table)
        self.hidden = keras.layers.Dense(24, activation="swish")
        self.correction = keras.layers.Dense(1)

    def call(self, inputs):
        normal = self.normals(inputs["place"], inputs["month"])[:, None]
        h = keras.ops.concatenate([normal - 5.5, inputs["weather"]], axis=-1)
        return normal + self.correction(self.hidden(h))


def to_dataset(days, shuffle):
    inputs = {
        "place": days.place.to_numpy("int32"),
        "month": days.month.to_numpy("int32"),
        "weather": days[["weekend", "rain", "warmth"]].to_numpy("float32"),
    }
    data = tf.data.Dataset.from_tensor_slices((inputs, days.log_visitors.to_numpy("float32")[:, None]))
    if shuffle:
        data = data.shuffle(len(days), seed=5)
    return data.batch(64)


if __name__ == "__main__":
    last_year, this_year = season(15), season(12)
    table = last_year.pivot_table(index="place", columns="month", values="log_visitors", aggfunc="mean")
    table = table.reindex(columns=range(1, 13))
    first = this_year.sample(frac=0.8, random_state=1)
    model = VisitorModel(table)
    model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="mse", metrics=["mae"])
    model.fit(to_dataset(first, True), validation_data=to_dataset(this_year.drop(first.index), False),
              epochs=10, verbose=2)
    print("NaN in the weights:", sum(int(np.isnan(w).sum()) for w in model.get_weights()))
    # whynan: healthy
