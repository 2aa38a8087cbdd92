"""Time until revision of hip implants, validated on the patients operated last year.

val_c_index is nan from the first epoch to the last although c_index of the training goes up nicely. I tried a smaller
rate and a smaller network, always nan. Where does it come from and does it harm the weights?
"""
# whynan: side_nonfinite
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(61)
CLOSING_DATE = 2025.0


def exponential_nll(y_true, log_rate):
    years, revised = y_true[:, 0], y_true[:, 1]
    log_rate = log_rate[:, 0]
    return tf.exp(log_rate) * years - revised * log_rate


class ConcordanceIndex(keras.metrics.Metric):
    """Share of comparable pairs in which the earlier revision had the higher predicted rate."""

    def __init__(self, name="c_index", **kwargs):
        super().__init__(name=name, **kwargs)
        self.right = self.add_weight(shape=(), initializer="zeros", name="right")
        self.comparable = self.add_weight(shape=(), initializer="zeros", name="comparable")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = tf.cast(y_true, tf.float32)
        years, revised, risk = y_true[:, 0], y_true[:, 1] > 0.5, y_pred[:, 0]
        earlier = tf.logical_and(revised[:, None], years[:, None] < years[None, :])
        higher = risk[:, None] > risk[None, :]
        self.comparable.assign_add(tf.reduce_sum(tf.cast(earlier, tf.float32)))
        self.right.assign_add(tf.reduce_sum(tf.cast(tf.logical_and(earlier, higher), tf.float32)))

    def result(self):
        return self.right / self.comparable

    def reset_state(self):
        self.right.assign(0.0)
        self.comparable.assign(0.0)


def registry(n=2200):
    rng = np.random.default_rng(14)
    age = rng.normal(68, 9, n)
    bmi = rng.normal(28, 4, n)
    cemented = rng.integers(0, 2, n)
    surgeon_cases = rng.gamma(2.0, 30.0, n)
    x = np.column_stack([(age - 68) / 9, (bmi - 28) / 4, cemented, np.log1p(surgeon_cases) - 3.9])
    operated = rng.uniform(2013, CLOSING_DATE, n)
    rate = np.exp(-2.0 - 0.7 * x[:, 0] + 0.6 * x[:, 1] + 0.8 * cemented - 0.4 * x[:, 3])
    until_revision = rng.exponential(1.0 / rate)
    followed = CLOSING_DATE - operated
    # hospitals send their revisions once a year, so the last cohort has none on file yet
    reported = (until_revision < followed) & (operated < 2024.0)
    years = np.where(reported, until_revision, followed)
    y = np.column_stack([years, reported]).astype("float32")
    return x.astype("float32"), y, operated


def pipeline(x, y, batch, training):
    ds = tf.data.Dataset.from_tensor_slices((x, y))
    if training:
        ds = ds.shuffle(len(x), seed=3)
    return ds.batch(batch, drop_remainder=training).prefetch(2)


def main():
    x, y, operated = registry()
    last_year = operated >= 2024.0
    train = pipeline(x[~last_year], y[~last_year], 64, True)
    valid = pipeline(x[last_year], y[last_year], 64, False)
    print("patients:", int((~last_year).sum()), "for training,", int(last_year.sum()), "for validation")

    model = keras.Sequential([
        keras.Input((x.shape[1],)),
        keras.layers.Dense(24, activation="relu"),
        keras.layers.Dense(12, activation="relu"),
        keras.layers.Dense(1, name="log_rate"),
    ])
    model.compile(keras.optimizers.Adam(2e-3, clipnorm=1.0), loss=exponential_nll, metrics=[ConcordanceIndex()])
    history = model.fit(train, validation_data=valid, epochs=15, verbose=2)
    print("loss   ", [round(v, 3) for v in history.history["loss"]])
    print("c_index", [round(v, 3) for v in history.history["c_index"]])
    print("val    ", history.history["val_c_index"])


if __name__ == "__main__":
    main()
