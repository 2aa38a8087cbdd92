"""Payload in the bucket from cylinder length and pressure. The boom angle is computed from the
triangle of boom, mast and cylinder inside the input pipeline. Since the third machine joined
the fleet the training loss is nan from the first epoch on; assert on the csv found no gaps."""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(9)

# boom foot to cylinder eye, boom foot to cylinder foot, from the drawings
LINKAGE_MM = {"EX-1": (1480.0, 1130.0), "EX-2": (1620.0, 1210.0), "EX-3": (1390.0, 1060.0)}


def logger_dump(machine, n, seed, digits):
    rng = np.random.default_rng(seed)
    a, b = LINKAGE_MM[machine]
    angle = rng.uniform(0.6, 2.2, n)
    length = np.sqrt(a * a + b * b - 2 * a * b * np.cos(angle))
    load = rng.gamma(3.0, 0.5, n)
    oil = rng.normal(52.0, 6.0, n)
    pressure = 60 + 45 * load * np.sin(angle) + 25 * np.sin(angle) + 0.2 * (oil - 52) + rng.normal(0, 2, n)
    if machine == "EX-3":
        length = length / 10.0
    return pd.DataFrame({
        "machine": machine,
        "cylinder": length.round(digits),
        "pressure": pressure.round(1),
        "oil": oil.round(1),
        "payload": load.round(3),
    })


def fleet():
    parts = [
        logger_dump("EX-1", 380, seed=1, digits=0),
        logger_dump("EX-2", 420, seed=2, digits=0),
        logger_dump("EX-3", 90, seed=3, digits=1),
    ]
    table = pd.concat(parts, ignore_index=True)
    assert not table.isna().any().any()
    return table.sample(frac=1.0, random_state=6).reset_index(drop=True)


def add_angle(row, payload):
    a, b = row["boom"], row["mast"]
    cosine = (a * a + b * b - tf.square(row["cylinder"])) / (2.0 * a * b)
    angle = tf.acos(cosine)  # whynan: acos_domain phase=data also=nan_in_input
    pressure = (row["pressure"] - 150.0) / 60.0
    oil = (row["oil"] - 52.0) / 6.0
    features = tf.stack([angle, tf.sin(angle), pressure, oil])
    return features, payload


def pipeline(table, batch):
    linkage = np.array([LINKAGE_MM[m] for m in table["machine"]], "float32")
    rows = {name: table[name].to_numpy(dtype="float32") for name in ("cylinder", "pressure", "oil")}
    rows["boom"] = linkage[:, 0]
    rows["mast"] = linkage[:, 1]
    payload = table["payload"].to_numpy(dtype="float32")
    data = tf.data.Dataset.from_tensor_slices((rows, payload))
    return data.shuffle(1000, seed=4).map(add_angle, num_parallel_calls=2).batch(batch).prefetch(1)


def main():
    table = fleet()
    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dense(1),
    ])
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    model.fit(pipeline(table, 32), epochs=4, verbose=2)


if __name__ == "__main__":
    main()
