"""Time to death after ICU admission for sepsis: Weibull regression with a small net.

Endpoint: whole days from admission to death, censored at discharge.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers


def simulate_registry(n, rng):
    df = pd.DataFrame(
        {
            "age": rng.normal(66, 13, n).clip(18, 98),
            "sofa": rng.poisson(7, n).clip(0, 24),
            "lactate": rng.lognormal(0.9, 0.5, n),
            "map_mmHg": rng.normal(68, 11, n),
            "vasopressor": rng.integers(0, 2, n),
            "female": rng.integers(0, 2, n),
        }
    )
    risk = (
        0.02 * (df["age"] - 66) + 0.09 * (df["sofa"] - 7)
        + 0.25 * (df["lactate"] - 2.8) + 0.4 * df["vasopressor"]
    ).to_numpy()
    death = 24.0 * np.exp(-0.5 * risk) * rng.weibull(1.2, n)
    discharge = rng.uniform(4, 90, n)
    df["days"] = np.floor(np.minimum(death, discharge))
    df["died"] = (death <= discharge).astype(int)
    df.loc[rng.random(n) < 0.12, "lactate"] = np.nan  # not every ward draws it
    return df


def prepare(df):
    x = df.drop(columns=["days", "died"]).copy()
    x["lactate_missing"] = x["lactate"].isna().astype(float)
    x["lactate"] = np.log(x["lactate"].fillna(x["lactate"].median()))
    binary = ["vasopressor", "female", "lactate_missing"]
    for c in x.columns.difference(binary):
        x[c] = (x[c] - x[c].mean()) / x[c].std()
    return x.to_numpy("float32"), df[["days", "died"]].to_numpy("float32")


class WeibullNet(keras.Model):
    def __init__(self, start_days, **kw):
        super().__init__(**kw)
        self.start = float(np.log(start_days))
        self.h1 = layers.Dense(24, activation="tanh")
        self.h2 = layers.Dense(12, activation="tanh")
        self.head = layers.Dense(2)
        self.nll_tracker = keras.metrics.Mean(name="nll")

    def call(self, x):
        raw = self.head(self.h2(self.h1(x)))
        log_scale = self.start + raw[:, 0]
        shape = tf.nn.softplus(raw[:, 1]) + 0.2
        return log_scale, shape

    def negative_log_likelihood(self, y, log_scale, shape):
        days, died = y[:, 0], y[:, 1]
        z = tf.math.log(days) - log_scale  # whynan: log_of_zero phase=loss|forward also=label_on_boundary
        log_hazard = tf.math.log(shape) - log_scale + (shape - 1.0) * z
        cumulative = tf.exp(shape * z)
        return -tf.reduce_mean(died * log_hazard - cumulative)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            log_scale, shape = self(x, training=True)
            loss = self.negative_log_likelihood(y, log_scale, shape)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.nll_tracker.update_state(loss)
        return {"nll": self.nll_tracker.result()}

    @property
    def metrics(self):
        return [self.nll_tracker]


def c_index(days, died, risk):
    """Harrell's C."""
    earlier = (days[:, None] < days[None, :]) & (died[:, None] == 1)
    return (earlier & (risk[:, None] > risk[None, :])).sum() / max(earlier.sum(), 1)


def main():
    keras.utils.set_random_seed(112)
    rng = np.random.default_rng(112)
    df = simulate_registry(1100, rng)
    print(df.describe().T.round(2))
    x, y = prepare(df)
    x_train, y_train, x_test, y_test = x[:880], y[:880], x[880:], y[880:]
    print("deaths in training: %d of %d" % (y_train[:, 1].sum(), len(y_train)))

    model = WeibullNet(start_days=np.median(y_train[:, 0]))
    model.compile(optimizer=keras.optimizers.Adam(2e-3))
    model.fit(x_train, y_train, batch_size=64, epochs=10, verbose=2)

    log_scale, shape = (v.numpy() for v in model(x_test))
    median_days = np.exp(log_scale) * np.log(2.0) ** (1.0 / shape)
    print("median survival, test patients:", np.percentile(median_days, [10, 50, 90]).round(1))
    print("C-index: %.3f" % c_index(y_test[:, 0], y_test[:, 1], -median_days))


if __name__ == "__main__":
    main()
