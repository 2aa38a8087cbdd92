# Deep MLP for the airfoil noise data. Everything standardised, Adam, tried gradient clipping too.
# First batch: loss about 1, second batch: inf.
import argparse
import json
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(43)

CONFIG = json.loads("""
{"optimizer": {"name": "adam", "lr": "1e3", "clipnorm": 1.0},
 "net": {"depth": 8, "width": 64, "activation": "leaky_relu"},
 "fit": {"epochs": 3, "batch_size": 32}}
""")


def parse():
    p = argparse.ArgumentParser()
    p.add_argument("--lr", type=float, default=float(CONFIG["optimizer"]["lr"]))
    p.add_argument("--depth", type=int, default=CONFIG["net"]["depth"])
    return p.parse_args([])


def airfoil(n=960):
    rng = np.random.default_rng(43)
    x = rng.normal(size=(n, 5))
    y = np.tanh(x[:, 0] * x[:, 1]) + 0.5 * x[:, 2] - np.cos(x[:, 3]) + 0.1 * rng.normal(size=n)
    return x.astype("float32"), ((y - y.mean()) / y.std()).astype("float32")


def build(depth, net_cfg):
    inp = keras.Input((5,))
    h = inp
    for _ in range(depth):
        h = layers.Dense(net_cfg["width"], activation=net_cfg["activation"])(h)
    return keras.Model(inp, layers.Dense(1)(h))


def make_optimizer(lr, cfg):
    kinds = {"adam": keras.optimizers.Adam, "nadam": keras.optimizers.Nadam, "sgd": keras.optimizers.SGD}
    return kinds[cfg["name"]](learning_rate=lr, clipnorm=cfg["clipnorm"])


def main():
    args = parse()
    x, y = airfoil()
    model = build(args.depth, CONFIG["net"])
    model.compile(make_optimizer(args.lr, CONFIG["optimizer"]), loss="mse")
    model.fit(x, y, verbose=2, **CONFIG["fit"])  # whynan: learning_rate_too_high phase=forward|loss|gradient|update also=exploding_gradient


if __name__ == "__main__":
    main()
