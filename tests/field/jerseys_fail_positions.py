"""Guess a player's role from the GPS vest summary of a match."""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(10)
rng = np.random.default_rng(10)

# club database: 1 keeper, 2 full back, 3 centre back, 4 holding mid,
# 5 playmaker, 6 winger, 7 striker, 8 wing back
N_ROLES = 8
COLUMNS = ["km", "sprints", "hsr_m", "accels", "decels", "hr_mean", "touches", "width_m"]


def match_summaries(n=1400):
    role = rng.integers(1, 8, n)
    role[[411, 733, 1002]] = 8
    centres = rng.normal(0, 1, (9, len(COLUMNS)))
    values = centres[role] + rng.normal(0, 0.6, (n, len(COLUMNS)))
    df = pd.DataFrame(values, columns=COLUMNS)
    df["km"] = 9.8 + 1.1 * df["km"]
    df["sprints"] = (22 + 6 * df["sprints"]).round()
    df["hsr_m"] = 640 + 150 * df["hsr_m"]
    df["hr_mean"] = 158 + 7 * df["hr_mean"]
    df["role"] = role
    return df


df = match_summaries()
X = df[COLUMNS]
X = ((X - X.mean()) / X.std()).to_numpy("float32")
y = df["role"].to_numpy("int32")

model = keras.Sequential([
    keras.Input((len(COLUMNS),)),
    layers.Dense(48, activation="relu"),
    layers.LayerNormalization(),
    layers.Dense(24, activation="relu"),
    layers.Dense(N_ROLES),
])
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
    jit_compile=True,
)
model.fit(X, y, batch_size=50, epochs=6, verbose=2)  # whynan: label_out_of_range phase=data|loss rows=411,733,1002
print(model.predict(X[:5], verbose=0).argmax(axis=1))
