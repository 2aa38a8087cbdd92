# traffic counters, streaming generator. Runs fine for the first epoch(s), then "Invalid loss, terminating training"
import itertools

import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(6)
SENSORS, BATCH = 6, 24
FAILURE_DAY = 43          # according to the logbook sensor 3 was unplugged around this day


def simulate_counts(rng, day):
    season = 1.0 + 0.3 * np.sin(2 * np.pi * day / 7.0)
    counts = 1 + rng.poisson(60.0 * season, size=(BATCH, SENSORS))
    if day >= FAILURE_DAY:
        counts[:, 3] = 0
    return counts


def day_stream(seed=6):
    rng = np.random.default_rng(seed)
    for day in itertools.count():
        counts = simulate_counts(rng, day)
        feats = (
            np.log(counts)  # whynan: inf_in_input phase=data also=log_of_zero
            - 4.0
        )
        jam = (counts[:, :2].sum(axis=1) > 125).astype("float32")
        yield feats.astype("float32"), jam[:, None]


def build_model():
    return keras.Sequential(
        [
            keras.Input((SENSORS,)),
            layers.Dense(32, activation="elu"),
            layers.Dense(1),
        ]
    )


if __name__ == "__main__":
    model = build_model()
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    model.fit(
        day_stream(),
        steps_per_epoch=20,
        epochs=4,
        callbacks=[keras.callbacks.TerminateOnNaN()],
        verbose=2,
    )
