"""Energy of electric bus trips from the telematics export.

loss: nan after the first epoch. I read that one has to normalise, so the network begins with a Normalization layer that
was adapted on the training trips (I checked its output, mean 0 and variance 1). No gaps in the export. I went down with
the learning rate to 1e-5, no difference, and the plateau callback never gets a chance.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers

CFG = dict(batch=32, epochs=4, rate=1e-3, momentum=0.9, width=64, seed=17)
COLUMNS = ["distance_m", "mass_kg", "outside_c", "climb_m", "stops", "mean_speed_kmh"]
TARGET = "traction_energy"


def telematics_export(n, seed):
    rng = np.random.default_rng(seed)
    distance = rng.uniform(2500, 21000, n)
    mass = rng.uniform(11500, 17800, n)
    outside = rng.normal(9.0, 8.0, n)
    climb = rng.gamma(2.0, 30.0, n)
    stops = rng.poisson(distance / 450.0)
    speed = rng.normal(19.0, 3.0, n)
    kwh = distance / 1000 * (0.45 + 4.5e-5 * mass + 0.012 * np.abs(outside - 18.0))
    kwh = kwh + climb * mass * 9.81 / 3.6e6 + 0.02 * stops
    # the inverter integrates watts over seconds
    joule = kwh * 3.6e6 * rng.normal(1.0, 0.04, n)
    return pd.DataFrame(
        {
            "distance_m": distance,
            "mass_kg": mass,
            "outside_c": outside,
            "climb_m": climb,
            "stops": stops,
            "mean_speed_kmh": speed,
            TARGET: joule,
        }
    )


class Trips(keras.utils.PyDataset):
    def __init__(self, frame, batch, shuffle=False, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.x = frame[COLUMNS].to_numpy("float32")
        self.y = frame[[TARGET]].to_numpy("float32")
        self.batch = batch
        self.shuffle = shuffle
        self.rng = np.random.default_rng(seed)
        self.order = np.arange(len(self.x))
        self.on_epoch_end()

    def __len__(self):
        return len(self.x) // self.batch

    def __getitem__(self, i):
        rows = self.order[i * self.batch:(i + 1) * self.batch]
        return self.x[rows], self.y[rows]

    def on_epoch_end(self):
        if self.shuffle:
            self.rng.shuffle(self.order)


def build(train, cfg):
    norm = layers.Normalization(axis=-1)
    norm.adapt(train.x)
    net = keras.Sequential(
        [
            keras.Input((len(COLUMNS),)),
            norm,
            layers.Dense(cfg["width"], activation="leaky_relu"),
            layers.Dense(cfg["width"], activation="leaky_relu"),
            layers.Dense(1),
        ]
    )
    net.compile(
        optimizer=keras.optimizers.SGD(cfg["rate"], momentum=cfg["momentum"], nesterov=True),
        loss="mse",
        metrics=[keras.metrics.MeanAbsolutePercentageError(name="mape")],
    )
    return net


def main(cfg):
    keras.utils.set_random_seed(cfg["seed"])
    trips = telematics_export(1600, seed=cfg["seed"])
    train = Trips(trips.iloc[:1280], cfg["batch"], shuffle=True)
    valid = Trips(trips.iloc[1280:], cfg["batch"])
    net = build(train, cfg)
    plateau = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=1)
    net.fit(train, validation_data=valid, epochs=cfg["epochs"], callbacks=[plateau], verbose=2)  # whynan: unscaled_target phase=forward|loss|gradient|update


if __name__ == "__main__":
    main(CFG)
