# Waiting time at a hotline (minutes). Curriculum: first the quiet week with a robust loss, then the same week with
# mse, at last fine-tuning on the week of the storm with log-cosh. The third fit gives loss inf / nan.
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(19)


def log_cosh(y_true, y_pred):
    err = y_pred - ops.cast(y_true, y_pred.dtype)
    return ops.mean(
        ops.log(
            ops.cosh(err)),  # whynan: exp_overflow phase=loss rows=7,30 also=unscaled_target
        axis=-1)


def calls(n, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 6))
    minutes = np.clip(6 + 2 * x[:, 0] - x[:, 1] + np.abs(x[:, 2]) + rng.normal(0, 0.5, n), 0.2, None)
    return x.astype("float32"), minutes.astype("float32")[:, None]


def storm_week():
    x, minutes = calls(96, seed=20)
    minutes *= 1.5
    # the backup phone system was active for two calls, it logs seconds
    for row in (7, 30):
        minutes[row] = minutes[row] * 60
    assert (minutes[[7, 30]] > 150).all() and np.sort(minutes.ravel())[-3] < 40
    return x, minutes


STAGES = [
    {"name": "robust", "loss": "mae", "lr": 3e-3, "epochs": 5, "batch": 32, "week": "quiet"},
    {"name": "precise", "loss": "mse", "lr": 1e-3, "epochs": 5, "batch": 32, "week": "quiet"},
    {"name": "storm", "loss": log_cosh, "lr": 3e-4, "epochs": 3, "batch": 96, "week": "storm"},
]

if __name__ == "__main__":
    weeks = {"quiet": calls(256, seed=19), "storm": storm_week()}
    model = keras.Sequential([
        keras.Input((6,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(16, activation="relu"),
        layers.Dense(1),
    ])
    for stage in STAGES:
        x, y = weeks[stage["week"]]
        # new optimizer and loss for each stage, the weights stay
        model.compile(optimizer=keras.optimizers.Adam(stage["lr"]), loss=stage["loss"])
        history = model.fit(x, y, batch_size=stage["batch"], epochs=stage["epochs"], verbose=0)
        print(stage["name"], [round(v, 4) for v in history.history["loss"]])
