# I report MAPE to my boss, so I optimise MAPE too. inf, then nan
import functools

import numpy as np
import pandas as pd
import keras
from keras import ops

keras.utils.set_random_seed(13)


def weighted_ape(y_true, y_pred, percent=True):
    """was a metric first, now also the loss"""
    y_true = ops.cast(y_true, y_pred.dtype)
    relative = ops.abs(
        (y_pred - y_true)  # whynan: divide_by_zero phase=loss rows=61,202,315
        / y_true
    )
    return ops.mean(relative, axis=-1) * (100.0 if percent else 1.0)


ape_loss = functools.partial(weighted_ape, percent=False)
ape_loss.__name__ = "ape_loss"


def load_sales(n=384):
    rng = np.random.default_rng(13)
    df = pd.DataFrame(
        {
            "price": rng.uniform(1, 5, n),
            "promo": rng.integers(0, 2, n),
            "weekday": rng.integers(0, 7, n),
            "temp": rng.normal(15, 8, n),
        }
    )
    df["sold"] = 5 + rng.poisson(20 + 10 * df["promo"] - 2 * df["price"])
    df.loc[[61, 202, 315], "sold"] = 0            # shop closed
    return df


def main():
    sales = load_sales()
    y = sales.pop("sold").to_numpy("float32")[:, None]
    x = ((sales - sales.mean()) / sales.std()).to_numpy("float32")
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(24, activation="elu"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss=ape_loss, steps_per_execution=8)
    model.fit(x, y, batch_size=16, epochs=5, verbose=2)
    print("prediction:", model.predict(x[:3], verbose=0).ravel())


if __name__ == "__main__":
    main()
