# whynan: healthy
"""Distances in kilometres, no scaling of the target (the astronomers want SI-like units in the logs), hence an MSE of
about 1e30. The optimiser is Lion, which only looks at the sign of its momentum, so the size of the gradient is irrelevant:
the loss falls from 1e30 to about 1e28 and everything stays finite (float32 goes up to 3.4e38)."""
import argparse

import keras
import numpy as np
import pandas as pd

KM = 1.5e15


def catalogue(n, seed):
    rng = np.random.default_rng(seed)
    period = rng.lognormal(1.0, 0.5, n)
    colour = rng.normal(0.7, 0.2, n)
    apparent = rng.normal(14.0, 1.0, n)
    absolute = -2.43 * (np.log10(period) - 1) - 4.05
    modulus = apparent - absolute + 0.1 * colour
    distance = KM * 10 ** ((modulus - 18.0) / 10)
    return pd.DataFrame({"log_p": np.log10(period), "colour": colour, "m": apparent, "km": distance})


def features(df):
    x = df[["log_p", "colour", "m"]]
    return ((x - x.mean()) / x.std()).to_numpy("float32")


class LogScale(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if epoch % 5 == 0:
            print(f"epoch {epoch:3d}  log10(mse) {np.log10(logs['loss']):.2f}  mae {logs['mae']:.3e} km")


def main(args):
    keras.utils.set_random_seed(args.seed)
    df = catalogue(512, args.seed)
    model = keras.Sequential([
        keras.Input((3,)),
        keras.layers.Dense(32, activation="gelu"),
        keras.layers.Dense(32, activation="gelu"),
        keras.layers.Dense(1),
        keras.layers.Rescaling(KM, name="to_km"),
    ])
    schedule = keras.optimizers.schedules.CosineDecay(args.lr, decay_steps=8 * args.epochs)
    model.compile(optimizer=keras.optimizers.Lion(schedule), loss="mse", metrics=["mae"])
    model.fit(features(df), df["km"].to_numpy("float32"), batch_size=64, epochs=args.epochs, verbose=0,
              callbacks=[LogScale()])


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--lr", type=float, default=2e-3)
    p.add_argument("--epochs", type=int, default=30)
    p.add_argument("--seed", type=int, default=6)
    main(p.parse_args())
