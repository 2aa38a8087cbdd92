"""Population model of an oral drug: a network maps the patient to absorption, elimination and volume.

I wrote the one-compartment curve with the special case for equal rate constants because the textbook warns about it.
model.evaluate before training gives a normal number, but one call of fit and the predictions are all nan.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers, ops

keras.utils.set_random_seed(55)

SAMPLING_HOURS = np.array([0.5, 1.0, 1.5, 2.0, 4.0, 6.0, 10.0, 24.0], "float32")
COVARIATES = ["age", "weight", "creatinine"]


def make_cohort(count, rng):
    cohort = pd.DataFrame({
        "age": rng.integers(19, 85, count),
        "weight": rng.normal(76, 13, count).clip(45, 130),
        "creatinine": rng.lognormal(0.0, 0.25, count),
        "dose": rng.choice([50.0, 100.0, 200.0], count),
    })
    ka = 1.3 * np.exp(rng.normal(0, 0.2, count))
    ke = 0.16 * cohort["creatinine"] ** -0.6 * np.exp(rng.normal(0, 0.1, count))
    volume = 22.0 * cohort["weight"] / 70.0
    t = SAMPLING_HOURS[None, :]
    ka, ke, volume = (np.asarray(v, float)[:, None] for v in (ka, ke, volume))
    curve = cohort["dose"].to_numpy()[:, None] / volume * ka / (ka - ke) * (np.exp(-ke * t) - np.exp(-ka * t))
    curve *= np.exp(rng.normal(0, 0.08, curve.shape))
    for j, hour in enumerate(SAMPLING_HOURS):
        cohort[f"c_{hour:g}h"] = curve[:, j]
    return cohort


class OralDoseCurve(layers.Layer):
    """Concentration after a single oral dose (one compartment, first-order absorption)."""

    def __init__(self, hours, tolerance=1e-5, **kwargs):
        super().__init__(**kwargs)
        self.hours = np.asarray(hours, "float32")[None, :]
        self.tolerance = tolerance

    def call(self, ka, ke, volume, dose):
        t = ops.convert_to_tensor(self.hours)
        gap = ka - ke
        separate = ka / gap * (ops.exp(-ke * t) - ops.exp(-ka * t))  # whynan: where_gradient_trap phase=gradient also=divide_by_zero
        coincident = ka * t * ops.exp(-ke * t)
        shape = ops.where(ops.abs(gap) < self.tolerance, coincident, separate)
        return dose / volume * shape


def build_model():
    patient = keras.Input((len(COVARIATES),), name="patient")
    dose = keras.Input((1,), name="dose")
    h = layers.Dense(24, activation="tanh")(patient)
    h = layers.Dense(24, activation="tanh")(h)
    # every patient starts from the population value
    heads = {
        name: layers.Dense(1, activation="softplus", kernel_initializer="zeros", name=name)(h)
        for name in ("absorption", "elimination", "relative_volume")
    }
    volume = layers.Rescaling(20.0, offset=10.0)(heads["relative_volume"])
    curve = OralDoseCurve(SAMPLING_HOURS, name="curve")(heads["absorption"], heads["elimination"], volume, dose)
    return keras.Model({"patient": patient, "dose": dose}, curve)


cohort = make_cohort(384, np.random.default_rng(55))
covariates = cohort[COVARIATES].astype(float)
covariates = (covariates - covariates.mean()) / covariates.std()
concentrations = cohort.filter(like="c_").to_numpy("float32")
features = {
    "patient": covariates.to_numpy("float32"),
    "dose": cohort[["dose"]].to_numpy("float32"),
}

model = build_model()
model.compile(optimizer=keras.optimizers.Adam(1e-3, global_clipnorm=1.0), loss="mse")
print("before:", model.evaluate(features, concentrations, verbose=0))
model.fit(features, concentrations, batch_size=32, epochs=3, verbose=2)
print("after:", model.predict(features, verbose=0)[0])
