"""Public health office: asthma absences per school from the four NO2 measuring posts of the town.

Posts nearer to the school count more, the reach is learned. The first loss value is an ordinary
number and everything after that is nan. Inputs are checked with isfinite, gradients are clipped.
"""
import tempfile
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import ops

keras.utils.set_random_seed(40)

POSTS = ["castle", "mill", "ring", "station"]
FAR_AWAY = 1e30


def write_town(folder):
    rng = np.random.default_rng(41)
    schools = [f"school_{i:02d}" for i in range(12)]
    days = pd.date_range("2024-01-08", periods=64, freq="D").strftime("%Y-%m-%d")
    km = rng.uniform(0.4, 6.0, (len(schools), len(POSTS)))
    level = np.array([22.0, 30.0, 48.0, 39.0]) + rng.normal(0.0, 7.0, (len(days), 4))
    level = level.clip(4.0)
    closed = rng.random(level.shape) < 0.07
    closed[:, 0] = False  # the castle post has a reserve instrument

    pd.DataFrame([
        (s, p, round(km[i, j], 2)) for i, s in enumerate(schools) for j, p in enumerate(POSTS)
    ], columns=["school", "post", "km"]).to_csv(folder / "distances.csv", sep=";", decimal=",", index=False)

    pd.DataFrame([
        (d, p, np.nan if closed[i, j] else round(level[i, j], 1))
        for i, d in enumerate(days) for j, p in enumerate(POSTS)
    ], columns=["day", "post", "no2"]).to_csv(folder / "posts.csv", sep=";", decimal=",", index=False)

    weight = np.exp(-km**2 / 8.0)
    weight /= weight.sum(axis=1, keepdims=True)
    absent = 1.0 + 0.08 * (level @ weight.T) + rng.normal(0.0, 0.3, (len(days), len(schools)))
    pd.DataFrame([
        (d, s, round(absent[i, j], 2), int(rng.integers(180, 620)))
        for i, d in enumerate(days) for j, s in enumerate(schools)
    ], columns=["day", "school", "absent_pct", "pupils"]).to_csv(
        folder / "absences.csv", sep=";", decimal=",", index=False)


def read_town(folder):
    def table(name):
        return pd.read_csv(folder / name, sep=";", decimal=",")

    absences = table("absences.csv")
    grid = absences.merge(table("distances.csv"), on="school")
    grid = grid.merge(table("posts.csv"), on=["day", "post"], how="left")
    silent = grid["no2"].isna()
    grid.loc[silent, "km"] = FAR_AWAY
    grid["no2"] = grid["no2"].fillna(0.0)

    km = grid.pivot(index=["day", "school"], columns="post", values="km")[POSTS]
    no2 = grid.pivot(index=["day", "school"], columns="post", values="no2")[POSTS]
    rest = absences.set_index(["day", "school"]).loc[km.index]
    x = {
        "km": km.to_numpy("float32"),
        "no2": no2.to_numpy("float32") / 40.0,
        "pupils": rest[["pupils"]].to_numpy("float32") / 500.0,
    }
    for name, values in x.items():
        assert np.isfinite(values).all(), name
    return x, rest[["absent_pct"]].to_numpy("float32")


class PostMixer(keras.layers.Layer):
    def __init__(self, start_km=2.0, **kwargs):
        super().__init__(**kwargs)
        self.reach = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(start_km), name="reach")

    def call(self, km, no2):
        score = -ops.square(km) / (2.0 * ops.square(self.reach))  # whynan: unscaled_input phase=forward|gradient also=inf_in_input
        share = ops.softmax(score, axis=-1)
        return ops.sum(share * no2, axis=-1, keepdims=True)


class SchoolAir(keras.Model):
    def __init__(self):
        super().__init__()
        self.mixer = PostMixer()
        self.hidden = keras.layers.Dense(16, activation="silu")
        self.head = keras.layers.Dense(1)

    def call(self, inputs):
        air = self.mixer(inputs["km"], inputs["no2"])
        both = ops.concatenate([air, inputs["pupils"]], axis=-1)
        return self.head(self.hidden(both))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - self(x, training=True)))
        grads = tape.gradient(loss, self.trainable_variables)
        grads, _ = tf.clip_by_global_norm(grads, 1.0)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": loss}


with tempfile.TemporaryDirectory() as name:
    write_town(Path(name))
    x, y = read_town(Path(name))

data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(y), seed=5).batch(32)
model = SchoolAir()
model.compile(optimizer=keras.optimizers.Adam(5e-3))
model.fit(data, epochs=4, verbose=2)
