"""Burnt area of vegetation fires: gamma regression with a small network, trained month by month."""
import keras
import numpy as np
from keras import layers, ops

settings = {
    "data": {"n": 1440, "months": 12, "seed": 2024},
    "model": {
        "hidden": [32, 32],
        "hidden_activation": "tanh",
        "head_activation": None,
        "l2": 1e-5,
    },
    "train": {"lr": 1e-3, "batch": 60, "passes": 3},
}


def fire_records(n, months, seed):
    rng = np.random.default_rng(seed)
    month = np.repeat(np.arange(months), n // months)
    dryness = rng.normal(0.0, 1.0, n) + np.sin(2 * np.pi * (month - 3) / 12)
    wind = rng.gamma(2.0, 3.0, n)
    slope = rng.uniform(0.0, 40.0, n)
    fuel = rng.uniform(0.2, 3.0, n)
    response_min = rng.gamma(3.0, 8.0, n)
    humidity = np.clip(rng.normal(45.0 - 8.0 * dryness, 10.0, n), 5.0, 100.0)
    mean_ha = np.exp(0.3 + 0.5 * dryness + 0.05 * wind + 0.01 * slope + 0.2 * fuel + 0.008 * response_min)
    area = rng.gamma(1.4, mean_ha / 1.4) + 0.01
    x = np.column_stack([dryness, wind, slope, fuel, response_min, humidity])
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return x.astype("float32"), area.astype("float32")[:, None], month


def gamma_deviance(y_true, y_pred):
    ratio = y_true / y_pred
    return 2.0 * ops.mean(ratio - 1.0 - ops.log(ratio), axis=-1)  # whynan: wrong_loss_for_activation phase=loss|forward also=log_of_negative


def build_model(n_inputs, cfg):
    reg = keras.regularizers.L2(cfg["l2"])
    inputs = keras.Input((n_inputs,), name="conditions")
    h = inputs
    for units in cfg["hidden"]:
        h = layers.Dense(units, activation=cfg["hidden_activation"], kernel_regularizer=reg)(h)
    area = layers.Dense(1, activation=cfg["head_activation"], name="area_ha")(h)
    return keras.Model(inputs, area, name="burnt_area")


def minibatches(x, y, size, rng):
    order = rng.permutation(len(x))
    for start in range(0, len(x), size):
        pick = order[start:start + size]
        yield x[pick], y[pick]


def train():
    data_cfg, train_cfg = settings["data"], settings["train"]
    keras.utils.set_random_seed(data_cfg["seed"])
    x, y, month = fire_records(data_cfg["n"], data_cfg["months"], data_cfg["seed"])
    model = build_model(x.shape[1], settings["model"])
    model.compile(optimizer=keras.optimizers.RMSprop(train_cfg["lr"]), loss=gamma_deviance)

    rng = np.random.default_rng(data_cfg["seed"] + 1)
    log = []
    for m in range(data_cfg["months"]):
        seen = month == m
        for _ in range(train_cfg["passes"]):
            for xb, yb in minibatches(x[seen], y[seen], train_cfg["batch"], rng):
                log.append(float(model.train_on_batch(xb, yb)))
        print(f"month {m + 1:2d}: deviance {log[-1]:.4f}")
    return model, log


if __name__ == "__main__":
    model, log = train()
    print("last ten:", np.round(log[-10:], 3))
