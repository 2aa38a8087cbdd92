import math
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(1637)

HPARAMS = {
    "model": {"hidden": (32, 16), "activation": "tanh"},
    "train": {"batch_size": 32, "epochs": 40, "lr": 0.01, "hold": 10, "decay": 0.4},
}


def field_records(n=800):
    """Flowering date of tulip plots in the bulb district."""
    rng = np.random.default_rng(1637)
    df = pd.DataFrame({
        "planting_depth_cm": rng.normal(13, 2, n),
        "bulb_circumference_cm": rng.normal(11.5, 0.8, n),
        "soil_temp_feb": rng.normal(4.2, 1.1, n),
        "soil_temp_mar": rng.normal(6.5, 1.3, n),
        "chill_hours": rng.normal(1350, 140, n),
        "sand_fraction": rng.beta(6, 2, n),
        "early_cultivar": rng.integers(0, 2, n),
    })
    doy = (118 - 3.0 * (df.soil_temp_mar - 6.5) - 1.6 * (df.soil_temp_feb - 4.2)
           + 0.6 * (df.planting_depth_cm - 13) - 9 * df.early_cultivar
           + 0.01 * (df.chill_hours - 1350) + rng.normal(0, 1.5, n))
    df["flowering_doy"] = doy
    return df


def make_model(hp):
    model = keras.Sequential([layers.Input((7,))])
    for units in hp["model"]["hidden"]:
        model.add(layers.Dense(units, activation=hp["model"]["activation"]))
    model.add(layers.Dense(1))
    return model


def make_schedule(hp):
    """Constant at first, then exponential."""
    hold, decay = hp["train"]["hold"], hp["train"]["decay"]

    def schedule(epoch, lr):
        if epoch < hold:
            return lr
        return lr * math.exp(decay)

    return keras.callbacks.LearningRateScheduler(schedule)


def main(hp):
    df = field_records()
    target = df.pop("flowering_doy")
    is_train = np.arange(len(df)) < 640
    mean, std = df[is_train].mean(), df[is_train].std()
    x = ((df - mean) / std).to_numpy("float32")
    y_mean, y_std = target[is_train].mean(), target[is_train].std()
    y = ((target - y_mean) / y_std).to_numpy("float32")

    model = make_model(hp)
    model.compile(optimizer=keras.optimizers.SGD(hp["train"]["lr"]), loss="mse")
    history = model.fit(  # whynan: learning_rate_too_high phase=forward|loss|update also=lr_schedule_invalid
        x[is_train], y[is_train],
        batch_size=hp["train"]["batch_size"],
        epochs=hp["train"]["epochs"],
        callbacks=[make_schedule(hp)],
        verbose=0,
    )
    for epoch in range(0, hp["train"]["epochs"], 5):
        print(f"epoch {epoch:3d}  mse {history.history['loss'][epoch]:.4f}")

    error_days = (model.predict(x[~is_train], verbose=0)[:, 0] - y[~is_train]) * y_std
    print(f"test mae: {np.abs(error_days).mean():.2f} days")


if __name__ == "__main__":
    main(HPARAMS)
