# whynan: healthy
"""Poor man's random search. Usage: python tuner_ok_many_models.py [--trials 4]"""
import argparse
import os
import tempfile

import numpy as np
import keras
from keras import layers


def get_args():
    ap = argparse.ArgumentParser()
    ap.add_argument("--trials", type=int, default=4)
    ap.add_argument("--epochs", type=int, default=6)
    ap.add_argument("--seed", type=int, default=1234)
    return ap.parse_args()


def make_data(seed):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, size=(500, 6)).astype("float32")
    y = 60.0 * x[:, 0] * x[:, 1] + 40.0 * x[:, 2] + rng.normal(0, 2, 500)     # mse in the hundreds/thousands
    return (x[:400], y[:400].astype("float32")), (x[400:], y[400:].astype("float32"))


def build(units, lr, act):
    model = keras.Sequential([keras.Input((6,)), layers.Dense(units, activation=act), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(lr), loss="mse", metrics=["mae"])
    return model


def run_trial(space, data, epochs, path):
    (x, y), val = data
    model = build(**space)
    cbs = [
        keras.callbacks.EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True),
        keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.1, patience=1, min_lr=1e-9),
        keras.callbacks.ModelCheckpoint(path, monitor="val_loss", save_best_only=True),
    ]
    model.fit(x, y, validation_data=val, batch_size=50, epochs=epochs, callbacks=cbs, verbose=0)
    return model.evaluate(*val, verbose=0)[0]


def main():
    args = get_args()
    keras.utils.set_random_seed(args.seed)
    data = make_data(args.seed)
    grid = [dict(units=16, lr=1e-2, act="relu"), dict(units=32, lr=3e-2, act="tanh"),
            dict(units=8, lr=1e-7, act="relu"),            # hopeless but harmless: nothing moves
            dict(units=48, lr=5e-2, act="relu")]
    best = {"score": float("inf"), "space": None, "path": None}
    with tempfile.TemporaryDirectory() as folder:
        for i, space in enumerate(grid[: args.trials]):
            path = os.path.join(folder, f"trial_{i}.keras")
            score = run_trial(space, data, args.epochs, path)
            print(f"trial {i} {space} -> {score:.1f} (best so far {best['score']})")
            if score < best["score"]:
                best = {"score": score, "space": space, "path": path}
            keras.backend.clear_session()
        winner = keras.models.load_model(best["path"])
        print("reloaded winner:", winner.evaluate(*data[1], verbose=0))


if __name__ == "__main__":
    main()
