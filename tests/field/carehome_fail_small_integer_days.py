"""Falls per resident and year in a care home, Poisson network.

The date of birth is complete for all residents (it has to be, by law).  Training worked
for the day clinic with its younger guests, but for the home I get nan from the first
epoch on.  Only 600 rows, I looked at the table and nothing is empty.
"""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(31)
REVIEW_DATE = pd.Timestamp("2024-03-01")


def residents_table(n=600):
    r = np.random.default_rng(31)
    age = r.uniform(66.0, 88.5, n)
    age[[37, 211, 402]] = [91.4, 90.3, 96.8]
    dob = REVIEW_DATE - pd.to_timedelta((age * 365.25).astype("int64"), unit="D")
    table = pd.DataFrame(
        {
            "dob": dob,
            "weight_kg": r.normal(68, 12, n).round(1),
            "medicines": r.poisson(6, n).astype("int8"),
            "barthel": (r.integers(4, 21, n) * 5).astype("int8"),
            "walker": r.integers(0, 2, n).astype("int8"),
        }
    )
    expected = np.exp(0.03 * (age - 78) + 0.06 * (table["medicines"] - 6) - 0.008 * (table["barthel"] - 60))
    table["falls"] = r.poisson(expected)
    return table


def add_features(table):
    """Keeps the frame small, the export of all homes would not fit otherwise."""
    out = table.drop(columns=["dob", "falls"]).copy()
    out["log_age_days"] = np.log((REVIEW_DATE - table["dob"]).dt.days.astype("int16"))  # whynan: int_overflow phase=data rows=37,211,402 also=log_of_negative,nan_in_input
    out["log_weight"] = np.log(out.pop("weight_kg"))
    out["many_medicines"] = (out["medicines"] >= 9).astype("int8")
    return out


def standardise(frame):
    return ((frame - frame.mean()) / (frame.std() + 1e-6)).to_numpy("float32")


class FallModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(16, activation="tanh")
        self.second = keras.layers.Dense(8, activation="tanh")
        self.rate = keras.layers.Dense(1, activation="softplus")

    def call(self, inputs):
        return self.rate(self.second(self.first(inputs)))


residents = residents_table()
print(residents.isna().sum().to_dict())
print(residents[["weight_kg", "medicines", "barthel", "falls"]].describe().round(2))

X = standardise(add_features(residents))
y = residents["falls"].to_numpy("float32").reshape(-1, 1)

model = FallModel()
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="poisson")
history = model.fit(X, y, batch_size=32, epochs=6, verbose=2)
print("last loss", history.history["loss"][-1])
