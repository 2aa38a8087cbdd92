"""Peak knee moment in stair climbing, from three clinics. A and B together train well.

Since the pilot patients of clinic C are in the table too, the loss is nan in the first epoch, in a batch that changes
with the seed. There are no empty cells in any of the three files.
"""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(3)

FEATURES = ["knee_angle", "thigh", "shank", "mass", "step_height", "speed"]


def simulate(rng, n, clinic):
    angle = np.deg2rad(rng.uniform(65, 160, n))
    thigh, shank = rng.normal(430, 22, n), rng.normal(415, 20, n)
    hip_ankle = np.sqrt(thigh**2 + shank**2 - 2 * thigh * shank * np.cos(angle))
    mass, step, speed = rng.normal(74, 11, n), rng.choice([150, 170, 190], n), rng.normal(0.6, 0.1, n)
    moment = 0.4 + 0.9 * np.cos(angle / 2) + 0.002 * (step - 170) + 0.5 * (speed - 0.6) + rng.normal(0, 0.05, n)
    return pd.DataFrame(
        {
            "clinic": clinic,
            "thigh": thigh.round(0),
            "shank": shank.round(0),
            "hip_ankle": hip_ankle.round(1),
            "mass": mass.round(1),
            "step_height": step,
            "speed": speed.round(2),
            "moment": moment,
        }
    )


def read_clinic_a(rng):
    return simulate(rng, 260, "A")


def read_clinic_b(rng):
    return simulate(rng, 120, "B")


def read_clinic_c(rng):
    """Markers as in A and B; thigh and shank by the physiotherapist with a tape (one decimal)."""
    pilot = simulate(rng, 5, "C")
    pilot[["thigh", "shank"]] = (pilot[["thigh", "shank"]] / 10).round(1)
    return pilot


def knee_angle(table):
    """Inner angle at the knee in degrees by the law of cosines."""
    a, b, c = table["thigh"], table["shank"], table["hip_ankle"]
    cosine = (a**2 + b**2 - c**2) / (2 * a * b)
    return np.rad2deg(np.arccos(cosine))  # whynan: acos_domain phase=data rows=380,381,382,383,384 also=nan_in_input


def standardise(frame):
    return (frame - frame.mean()) / frame.std()


def main():
    rng = np.random.default_rng(8)
    table = pd.concat([read_clinic_a(rng), read_clinic_b(rng), read_clinic_c(rng)], ignore_index=True)
    assert not table.isna().any().any()
    table["knee_angle"] = knee_angle(table)
    x = standardise(table[FEATURES]).to_numpy("float32")
    y = table["moment"].to_numpy("float32")

    model = keras.Sequential(
        [
            keras.Input((len(FEATURES),)),
            keras.layers.Dense(32, activation="swish"),
            keras.layers.Dense(16, activation="swish"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mae")
    model.fit(x, y, batch_size=24, epochs=6, verbose=2)


if __name__ == "__main__":
    main()
