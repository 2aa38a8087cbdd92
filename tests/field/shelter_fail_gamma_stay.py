"""How long do dogs stay with us? Gamma model of the stay, dogs that are still here count as censored.

The register is closed on the evening of the audit. Last year's extract trained well with the same loss (exported some
weeks after the last intake); this one shows nan in the first epoch. I already floor the time inside the logarithm.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

AUDIT_DAY = 180
FEATURES = ["age_years", "weight_kg", "stray", "senior", "medical"]


def register(seed=15):
    rng = np.random.default_rng(seed)
    n = 480
    df = pd.DataFrame(
        {
            "intake": np.sort(rng.integers(0, AUDIT_DAY, n)),
            "age_years": rng.gamma(2.0, 2.2, n).round(1),
            "weight_kg": rng.normal(19.0, 7.0, n).clip(3, 55).round(1),
            "stray": rng.integers(0, 2, n),
            "medical": (rng.random(n) < 0.2).astype(int),
        }
    )
    typical = 16.0 * np.exp(0.06 * df["age_years"] + 0.5 * df["medical"] - 0.2 * df["stray"])
    wait = np.ceil(rng.gamma(1.6, typical / 1.6))
    room = AUDIT_DAY - df["intake"]
    df["adopted"] = (wait <= room).astype(int)
    df["days"] = np.minimum(wait, room)

    today = pd.DataFrame(
        {
            "intake": AUDIT_DAY,
            "age_years": [0.4, 0.4, 0.4, 6.5, 2.0, 11.3],
            "weight_kg": [4.1, 3.8, 4.4, 27.0, 16.5, 22.0],
            "stray": [1, 1, 1, 0, 1, 0],
            "medical": [0, 0, 0, 0, 1, 1],
            "adopted": 0,
            "days": 0.0,
        }
    )
    df = pd.concat([df, today], ignore_index=True)
    df["senior"] = (df["age_years"] > 8).astype(int)
    return df


class CensoredGamma(keras.losses.Loss):
    """Negative log likelihood; y_true = (weeks, adopted), y_pred = two raw numbers."""

    def __init__(self, floor=1e-3, name="censored_gamma"):
        super().__init__(name=name)
        self.floor = floor

    def call(self, y_true, y_pred):
        weeks, adopted = y_true[:, 0], y_true[:, 1]
        shape = tf.nn.softplus(y_pred[:, 0]) + 0.1
        scale = tf.nn.softplus(y_pred[:, 1]) + 0.1
        u = weeks / scale
        log_density = (
            (shape - 1.0) * tf.math.log(tf.maximum(u, self.floor)) - u - tf.math.lgamma(shape) - tf.math.log(scale)
        )
        log_still_here = tf.math.log(tf.math.igammac(u, shape) + 1e-12)  # whynan: special_function_domain phase=loss rows=480,481,482,483,484,485 also=label_on_boundary,swapped_arguments,unknown
        return -(adopted * log_density + (1.0 - adopted) * log_still_here)


def main():
    keras.utils.set_random_seed(3)
    dogs = register()
    x = dogs[FEATURES].astype("float32")
    x = ((x - x.mean()) / x.std()).to_numpy()
    y = np.stack([dogs["days"] / 7.0, dogs["adopted"]], axis=1).astype("float32")
    print(dogs[["days", "adopted"]].describe().loc[["min", "mean", "max"]])

    model = keras.Sequential(
        [
            keras.Input(shape=(len(FEATURES),)),
            keras.layers.Dense(24, activation="tanh"),
            keras.layers.Dense(24, activation="tanh"),
            keras.layers.Dense(2),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=CensoredGamma())
    history = model.fit(x, y, batch_size=32, epochs=4, verbose=0)
    for epoch, value in enumerate(history.history["loss"], start=1):
        print(f"epoch {epoch}: {value:.4f}")


main()
