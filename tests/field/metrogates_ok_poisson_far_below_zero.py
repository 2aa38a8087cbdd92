"""Passengers per hour at the gates of the metro, as a Poisson regression.

In the first epoch the loss falls under zero, and now it prints numbers like -9000 or -14000. I thought that a loss
cannot be negative, so I stopped the run twice. Is it running away to minus infinity?
"""
# whynan: healthy
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(61)

CONFIG = {"stations": 24, "days": 14, "first_hour": 5, "last_hour": 22, "batch": 96, "epochs": 12, "rate": 2e-3}


def simulate(config, rng):
    """One row for each station, day and opening hour."""
    size = rng.normal(7.2, 0.55, config["stations"])
    office = rng.uniform(0.0, 1.0, config["stations"])
    rows = []
    for station in range(config["stations"]):
        for day in range(config["days"]):
            weekend = float(day % 7 >= 5)
            for hour in range(config["first_hour"], config["last_hour"] + 1):
                morning = np.exp(-0.5 * ((hour - 8.0) / 1.2) ** 2)
                evening = np.exp(-0.5 * ((hour - 17.5) / 1.6) ** 2)
                log_rate = (size[station] - 0.5 * weekend
                            + (1.0 - 0.7 * weekend) * (1.1 * (1 - office[station]) * morning
                                                       + 1.2 * office[station] * evening)
                            - 0.03 * (hour - 13) ** 2 / 4.0)
                rows.append((station, day, hour, weekend, rng.poisson(np.exp(log_rate))))
    return np.array(rows, dtype="float64")


class GateHours(keras.utils.PyDataset):
    def __init__(self, table, batch, rng, **kwargs):
        super().__init__(**kwargs)
        self.table, self.batch, self.rng = table, batch, rng
        self.order = np.arange(len(table))

    def __len__(self):
        return len(self.table) // self.batch

    def __getitem__(self, index):
        part = self.table[self.order[index * self.batch:(index + 1) * self.batch]]
        angle = 2.0 * np.pi * part[:, 2] / 24.0
        calendar = np.stack([np.sin(angle), np.cos(angle), np.sin(2 * angle), np.cos(2 * angle), part[:, 3]], axis=1)
        inputs = {"station": part[:, 0].astype("int32"), "calendar": calendar.astype("float32")}
        return inputs, part[:, 4:5].astype("float32")

    def on_epoch_end(self):
        self.rng.shuffle(self.order)


def build(stations):
    station = keras.Input((), dtype="int32", name="station")
    calendar = keras.Input((5,), name="calendar")
    place = layers.Embedding(stations, 6)(station)
    h = layers.Concatenate()([place, calendar])
    h = layers.Dense(32, activation="silu")(h)
    h = layers.Dense(32, activation="silu")(h)
    expected = layers.Dense(1, activation="exponential", name="expected")(h)
    return keras.Model({"station": station, "calendar": calendar}, expected)


def main():
    rng = np.random.default_rng(61)
    table = simulate(CONFIG, rng)
    print("hours", len(table), "mean count", round(table[:, 4].mean(), 1), "largest", table[:, 4].max())
    gates = GateHours(table, CONFIG["batch"], rng)
    model = build(CONFIG["stations"])
    model.compile(optimizer=keras.optimizers.Adam(CONFIG["rate"]), loss="poisson", metrics=["mae"])
    history = model.fit(gates, epochs=CONFIG["epochs"], verbose=2)
    print("first loss", history.history["loss"][0], "last loss", history.history["loss"][-1])


if __name__ == "__main__":
    main()
