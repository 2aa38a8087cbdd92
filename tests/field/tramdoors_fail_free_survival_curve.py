"""Days until a tram door jams for the first time, with a survival curve that has no fixed form.

The curve is monotone by construction: every weight between the age and the cumulative hazard is positive. The likelihood needs
the density for doors that jammed, so I evaluate the curve twice, a few seconds apart. The loss is inf or nan
from the first epoch. A smaller step in time did not help, and I have made sure that rounding cannot turn the density negative.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers, ops

keras.utils.set_random_seed(52)

STEP = 1e-4  # days, about nine seconds
TEN_YEARS = 3652.5


def door_register(n=1100, seed=33):
    rng = np.random.default_rng(seed)
    doors = pd.DataFrame(
        {
            "line": rng.choice(["2", "6", "11", "13"], n),
            "openings_per_day": rng.gamma(9.0, 42.0, n).round(),
            "salted_route": rng.random(n) < 0.4,
            "seal_hardness": rng.normal(61.0, 4.0, n).round(1),
        }
    )
    load = np.log(doors["openings_per_day"] / 380.0) + 0.5 * doors["salted_route"] + 0.06 * (doors["seal_hardness"] - 61.0)
    jam = 2900.0 * np.exp(-0.6 * load) * rng.weibull(1.7, n)
    in_service = rng.uniform(250.0, 3600.0, n)
    doors["days"] = np.minimum(jam, in_service)
    doors["jammed"] = jam <= in_service
    return doors


def features(doors):
    x = doors[["openings_per_day", "seal_hardness"]].copy()
    x["openings_per_day"] = np.log(x["openings_per_day"])
    x = (x - x.mean()) / x.std()
    x = x.join(pd.get_dummies(doors["line"], prefix="line")).assign(salt=doors["salted_route"])
    return x.to_numpy(dtype="float32")


class SurvivalCurve(layers.Layer):
    """S(t | x) = exp(-(H(t, x) - H(0, x)))"""

    def __init__(self, units=24, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        wide = input_shape[0][-1]
        self.from_x = self.add_weight(shape=(wide, self.units), initializer="glorot_uniform", name="from_x")
        self.from_age = self.add_weight(shape=(1, self.units), initializer="glorot_uniform", name="from_age")
        self.offset = self.add_weight(shape=(self.units,), initializer="zeros", name="offset")
        self.to_hazard = self.add_weight(shape=(self.units, 1), initializer="glorot_uniform", name="to_hazard")

    def cumulative(self, x, age):
        hidden = ops.tanh(ops.matmul(x, self.from_x) + ops.matmul(age, ops.softplus(self.from_age)) + self.offset)
        return ops.matmul(hidden, ops.softplus(self.to_hazard)) / self.units * 8.0

    def call(self, inputs):
        x, days = inputs
        age = days / TEN_YEARS
        return ops.exp(self.cumulative(x, ops.zeros_like(age)) - self.cumulative(x, age))


def build(n_features):
    x = keras.Input((n_features,), name="door")
    days = keras.Input((1,), name="days")
    curve = SurvivalCurve(name="curve")
    both = layers.Concatenate(name="now_and_later")([curve([x, days]), curve([x, days + STEP])])
    return keras.Model({"door": x, "days": days}, both)


def censored_likelihood(jammed, curve):
    now, later = curve[:, 0], curve[:, 1]
    log_density = ops.log(ops.maximum(now - later, 0.0) / STEP)  # whynan: catastrophic_cancellation phase=loss also=log_of_zero,clip_misuse,zero_times_inf
    log_survival = ops.log(now)
    return -(jammed[:, 0] * log_density + (1.0 - jammed[:, 0]) * log_survival)


def main():
    doors = door_register()
    inputs = {"door": features(doors), "days": doors[["days"]].to_numpy(dtype="float32")}
    jammed = doors[["jammed"]].to_numpy(dtype="float32")
    print(f"{int(jammed.sum())} of {len(doors)} doors jammed, oldest {doors['days'].max():.0f} days")

    model = build(inputs["door"].shape[1])
    model.compile(optimizer=keras.optimizers.Nadam(5e-3), loss=censored_likelihood)
    model.fit(inputs, jammed, batch_size=50, epochs=10, verbose=2)

    five_years = {"door": inputs["door"], "days": np.full_like(inputs["days"], TEN_YEARS / 2)}
    alive = model.predict(five_years, verbose=0)[:, 0]
    print("still without a jam after five years:")
    print(doors.assign(alive=alive).groupby("line")["alive"].mean().round(3))


if __name__ == "__main__":
    main()
