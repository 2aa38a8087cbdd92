"""Monthly failure risk of kidney grafts (discrete hazards over 24 months, censored follow-up).

The loss goes down nicely. The number that the clinicians asked for, the mean predicted median survival, begins with a
few months, and then is inf for the whole rest of the training, on both data sets.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

MONTHS = 24
SETTINGS = dict(patients=1600, epochs=12, batch=32, hidden=(32, 16), rate=5e-3, seed=606)


def registry(n, seed):
    rng = np.random.default_rng(seed)
    age = rng.normal(51, 13, n).clip(18, 80)
    donor_age = rng.normal(47, 15, n).clip(5, 80)
    mismatches = rng.integers(0, 7, n)
    cold_hours = rng.gamma(6, 2.2, n)
    risk = 0.02 * (age - 51) + 0.03 * (donor_age - 47) + 0.25 * (mismatches - 3) + 0.06 * (cold_hours - 13)
    hazard = np.clip(0.02 * np.exp(risk), 0, 0.6)[:, None] * np.linspace(1.6, 0.7, MONTHS)[None, :]

    fails = rng.random((n, MONTHS)) < hazard
    first = np.where(fails.any(axis=1), fails.argmax(axis=1), MONTHS)
    left = rng.integers(6, MONTHS + 12, n)
    last_seen = np.minimum(np.minimum(first, left), MONTHS - 1)
    month = np.arange(MONTHS)[None, :]
    at_risk = (month <= last_seen[:, None]).astype("float32")
    event = ((month == first[:, None]) & (first <= left)[:, None]).astype("float32")

    x = np.stack([(age - 51) / 13, (donor_age - 47) / 15, (mismatches - 3) / 2, (cold_hours - 13) / 5.4], axis=1)
    return x.astype("float32"), np.concatenate([event * at_risk, at_risk], axis=1)


class DiscreteTimeLikelihood(keras.losses.Loss):
    """Binary cross-entropy over the months in which the patient was still under observation."""

    def call(self, y_true, logits):
        event, at_risk = y_true[:, :MONTHS], y_true[:, MONTHS:]
        each = tf.nn.sigmoid_cross_entropy_with_logits(labels=event, logits=logits)
        return tf.reduce_sum(each * at_risk, axis=1) / tf.reduce_sum(at_risk, axis=1)


class MeanMedianSurvival(keras.metrics.Metric):
    """First month in which half of the grafts like this one are predicted to be lost, averaged over patients."""

    def __init__(self, name="median_survival", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", shape=(), initializer="zeros")
        self.seen = self.add_weight(name="seen", shape=(), initializer="zeros")

    def update_state(self, y_true, logits, sample_weight=None):
        survival = tf.math.cumprod(1.0 - tf.sigmoid(logits), axis=1)
        lost = survival <= 0.5
        month = 1.0 + tf.cast(tf.argmax(tf.cast(lost, tf.int32), axis=1), tf.float32)
        never = tf.fill(tf.shape(month), np.float32(np.inf))
        month = tf.where(tf.reduce_any(lost, axis=1), month, never)  # whynan: side_nonfinite
        self.total.assign_add(tf.reduce_sum(month))
        self.seen.assign_add(tf.cast(tf.shape(month)[0], tf.float32))

    def result(self):
        return self.total / (self.seen + 1e-7)


def hazard_net(columns, hidden):
    patient = keras.Input((columns,), name="patient")
    h = patient
    for units in hidden:
        h = layers.Dense(units, activation="selu", kernel_initializer="lecun_normal")(h)
    return keras.Model(patient, layers.Dense(MONTHS, name="hazard_logits")(h))


def run(settings):
    keras.utils.set_random_seed(settings["seed"])
    x, y = registry(settings["patients"], settings["seed"])
    model = hazard_net(x.shape[1], settings["hidden"])
    model.compile(
        optimizer=keras.optimizers.Adam(settings["rate"]),
        loss=DiscreteTimeLikelihood(),
        metrics=[MeanMedianSurvival()],
    )
    history = model.fit(
        x, y, batch_size=settings["batch"], epochs=settings["epochs"], validation_split=0.25, verbose=2
    )
    one_year = np.prod(1.0 - 1.0 / (1.0 + np.exp(-model.predict(x, verbose=0)[:, :12])), axis=1)
    print("one-year survival, lowest and highest risk", one_year.max(), one_year.min())
    return history.history


if __name__ == "__main__":
    curves = run(SETTINGS)
    print({name: [round(v, 4) for v in values] for name, values in curves.items()})
