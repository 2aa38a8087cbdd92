"""Customer value in the 12 months after the first order (web shop for garden tools).

Most customers never come back, so I use three outputs: probability of return, and mean / width of the log spend of
those who do return. People who did not return are multiplied by zero in the spend part, so they should not matter
there at all. Loss is nan nevertheless, from the first batch. On the table with only the returning customers it works.
"""
import math

import keras
import numpy as np
import pandas as pd
from keras import layers, ops

keras.utils.set_random_seed(3)


def customers(n=2400, seed=8):
    rng = np.random.default_rng(seed)
    t = pd.DataFrame(
        {
            "first_order": rng.lognormal(3.6, 0.7, n),
            "items": rng.integers(1, 9, n),
            "newsletter": rng.integers(0, 2, n),
            "channel": rng.choice(["search", "mail", "friend", "social"], n),
            "month": rng.integers(1, 13, n),
        }
    )
    score = -1.6 + 0.9 * t["newsletter"] + 0.15 * t["items"] + 0.6 * (t["channel"] == "friend")
    back = rng.random(n) < 1 / (1 + np.exp(-score))
    spend = np.exp(1.2 + 0.7 * np.log(t["first_order"]) + 0.5 * rng.normal(size=n))
    t["value_12m"] = np.where(back, spend, 0.0).round(2)
    return t


def features(t):
    season = 2 * np.pi * t["month"] / 12
    x = pd.concat(
        [
            np.log1p(t[["first_order"]]) - 3.6,
            t[["items"]] / 9.0,
            t[["newsletter"]],
            pd.get_dummies(t["channel"]),
            np.sin(season).rename("sin"),
            np.cos(season).rename("cos"),
        ],
        axis=1,
    )
    return x.to_numpy("float32")


class LifetimeValue(keras.Model):
    def __init__(self, width=32, **kwargs):
        super().__init__(**kwargs)
        self.body = keras.Sequential([layers.Dense(width, activation="gelu"), layers.Dense(width, activation="gelu")])
        self.head = layers.Dense(3)

    def call(self, x, training=False):
        return self.head(self.body(x))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        returned = ops.cast(y > 0, "float32")
        logit, mean, raw_width = ops.split(y_pred, 3, axis=-1)
        width = ops.maximum(ops.softplus(raw_width), 1e-3)

        classification = ops.binary_crossentropy(returned, logit, from_logits=True)

        log_value = ops.log(y)  # whynan: log_of_zero phase=loss also=nan_mask_mismatch
        z = (log_value - mean) / width
        spend = log_value + ops.log(width) + 0.5 * math.log(2 * math.pi) + 0.5 * ops.square(z)
        return ops.mean(classification) + ops.mean(returned * spend)


if __name__ == "__main__":
    table = customers()
    x = features(table)
    y = table["value_12m"].to_numpy("float32")[:, None]
    print(f"{(y > 0).mean():.2f} of the customers came back, mean value {y.mean():.1f}")
    assert np.isfinite(x).all() and np.isfinite(y).all()

    model = LifetimeValue()
    model.compile(optimizer=keras.optimizers.AdamW(2e-3, weight_decay=1e-4))
    model.fit(x, y, batch_size=120, epochs=4, verbose=2)

    logit, mean, raw = np.split(model.predict(x[:400], verbose=0), 3, axis=-1)
    expected = 1 / (1 + np.exp(-logit)) * np.exp(mean)
    print("expected value of the first customers", expected[:5, 0])
