"""Land-cover fractions of 1 km cells from satellite bands. The four fractions sum to one -> Dirichlet regression."""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(13)

CLASSES = ["forest", "crop", "urban", "water"]
BANDS = [f"band_{k}" for k in range(10)]


def survey(n=600, seed=7):
    """Ground truth as the field teams deliver it: integer percent per cell."""
    rng = np.random.default_rng(seed)
    bands = rng.normal(size=(n, len(BANDS)))
    tendency = np.exp(0.6 * bands[:, :4])
    share = rng.dirichlet(np.ones(4), n) * 0.5 + 0.5 * tendency / tendency.sum(1, keepdims=True)
    percent = 3 + np.floor(88 * share).astype(int)  # the protocol asks for at least 3 % of everything visible
    percent[:, 0] += 100 - percent.sum(axis=1)
    table = pd.DataFrame(bands, columns=BANDS)
    table[CLASSES] = percent
    table["elevation"] = 80.0 + 3.0 * np.abs(rng.normal(0, 60, n))
    table.loc[[133, 402], "elevation"] = [1890.0, 2140.0]
    return table


def repair_alpine(table):
    """No open water above the tree line: what was mapped as water there is cloud shadow on forest."""
    alpine = table["elevation"] > 1500.0
    table.loc[alpine, "forest"] = table.loc[alpine, "forest"] + table.loc[alpine, "water"]
    table.loc[alpine, "water"] = 0
    return table


def to_arrays(table):
    x = table[BANDS].to_numpy("float32")
    fractions = table[CLASSES].to_numpy("float32") / 100.0
    return x, fractions / fractions.sum(axis=1, keepdims=True)


class DirichletNLL(keras.losses.Loss):
    """-log Dirichlet(y | alpha), alpha > 1 so that the density has a mode inside the simplex."""

    def log_normaliser(self, alpha):
        return tf.reduce_sum(tf.math.lgamma(alpha), axis=-1) - tf.math.lgamma(tf.reduce_sum(alpha, axis=-1))

    def log_kernel(self, y, alpha):
        return tf.reduce_sum((alpha - 1.0) * tf.math.log(y), axis=-1)  # whynan: label_on_boundary phase=loss rows=133,402 also=log_of_zero

    def call(self, y_true, y_pred):
        return self.log_normaliser(y_pred) - self.log_kernel(y_true, y_pred)


def build_model():
    return keras.Sequential(
        [
            keras.Input((len(BANDS),)),
            keras.layers.Dense(48, activation="gelu"),
            keras.layers.Dense(48, activation="gelu"),
            keras.layers.Dense(len(CLASSES), activation="softplus"),
            keras.layers.Rescaling(1.0, offset=1.0),  # alpha in (1, inf)
        ]
    )


def main():
    table = survey().pipe(repair_alpine)
    assert not table.isna().any().any()
    assert (table[CLASSES].sum(axis=1) == 100).all()
    x, fractions = to_arrays(table)
    model = build_model()
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=DirichletNLL())
    model.fit(x, fractions, batch_size=40, epochs=5, verbose=2)


if __name__ == "__main__":
    main()
