# whynan: unstable
# Learning rate 5 (should have been 5e-3), but gradients are clipped to norm 1. So it never becomes NaN: every step has length
# 5, and the loss jumps around between 1 and some hundreds without any trend.
import json

import keras
import numpy as np

CONFIG = json.loads("""
{
  "seed": 17,
  "hidden": [64, 64],
  "activation": "tanh",
  "optimizer": {"learning_rate": 5.0, "global_clipnorm": 1.0},
  "batch_size": 32,
  "epochs": 8
}
""")


def flight_log(n, rng):
    """rotor speeds, battery, wind -> vertical acceleration (standardised)"""
    rotors = rng.normal(size=(n, 4))
    battery = rng.normal(size=(n, 1))
    wind = rng.normal(size=(n, 2))
    lift = (rotors ** 2).sum(1) * 0.4 + 0.6 * battery[:, 0] - 0.3 * wind[:, 0] * wind[:, 1]
    x = np.concatenate([rotors, battery, wind], axis=1).astype("float32")
    return x, ((lift - lift.mean()) / lift.std()).astype("float32")[:, None]


class Recorder(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.batches = []

    def on_train_batch_end(self, batch, logs=None):
        self.batches.append(logs["loss"])

    def on_epoch_end(self, epoch, logs=None):
        print(f"epoch {epoch}: loss {logs['loss']:.2f}")


def build(cfg):
    inputs = keras.Input((7,))
    h = inputs
    for units in cfg["hidden"]:
        h = keras.layers.Dense(units, activation=cfg["activation"])(h)
    model = keras.Model(inputs, keras.layers.Dense(1)(h))
    model.compile(optimizer=keras.optimizers.SGD(**cfg["optimizer"]), loss="mse")
    return model


def main(cfg):
    keras.utils.set_random_seed(cfg["seed"])
    x, y = flight_log(960, np.random.default_rng(cfg["seed"]))
    model, recorder = build(cfg), Recorder()
    print("before training:", model.evaluate(x, y, verbose=0))
    model.fit(x, y, batch_size=cfg["batch_size"], epochs=cfg["epochs"], callbacks=[recorder], verbose=0)
    print("after training: ", model.evaluate(x, y, verbose=0))


if __name__ == "__main__":
    main(CONFIG)
