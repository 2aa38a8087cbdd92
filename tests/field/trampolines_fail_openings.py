"""How many jumpers per slot? One batch is one opening day of the trampoline hall."""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(19)
rng = np.random.default_rng(19)

FEATURES = ["slot", "weekday", "holiday", "rain_mm", "temp_c", "groups"]
SLOTS = 36


def turnstile_log(n_days=150):
    """Quarter hours of all opening days with the state of the counting gate."""
    frames = []
    for d in range(n_days):
        rain = max(0.0, rng.normal(0, 3))
        temp = 12 + 9 * np.sin(2 * np.pi * d / 365) + rng.normal(0, 3)
        slot = np.arange(SLOTS)
        peak = np.exp(-((slot - 22) / 8.0) ** 2)
        holiday = int(d % 29 < 6)
        groups = rng.poisson(0.6, SLOTS)
        lam = 4 + 22 * peak * (1 + 0.5 * holiday + 0.4 * (d % 7 >= 5)) + 1.2 * rain + 6 * groups
        frames.append(pd.DataFrame({
            "day": d, "slot": slot, "weekday": d % 7, "holiday": holiday, "rain_mm": rain,
            "temp_c": temp, "groups": groups, "jumpers": rng.poisson(lam), "gate_ok": True,
        }))
    log = pd.concat(frames, ignore_index=True)
    outages = [(31, 0, 17), (96, 18, 35), (107, 0, 35)]
    for day, first, last in outages:
        broken = (log["day"] == day) & log["slot"].between(first, last)
        log.loc[broken, "jumpers"] = 0
        log.loc[broken, "gate_ok"] = False
    return log


class OpeningDays(keras.utils.PyDataset):
    def __init__(self, log, **kwargs):
        super().__init__(**kwargs)
        self.log = log
        self.days = log["day"].unique()

    def __len__(self):
        return len(self.days)

    def __getitem__(self, index):
        day = self.log[self.log["day"] == self.days[index]]
        day = day[day["gate_ok"]]
        x = day[FEATURES].to_numpy("float32")
        y = np.log1p(day[["jumpers"]].to_numpy("float32"))
        return x, y


log = turnstile_log()
train = OpeningDays(log[log["day"] < 130])
test = OpeningDays(log[log["day"] >= 130])
print(len(train), "training days,", int((~log["gate_ok"]).sum()), "slots without a count")

model = keras.Sequential([
    layers.Input((len(FEATURES),)),
    layers.BatchNormalization(),
    layers.Dense(32, activation="relu"),
    layers.Dense(16, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
model.fit(train, validation_data=test, epochs=5, verbose=2)  # whynan: empty_reduction phase=forward|data
