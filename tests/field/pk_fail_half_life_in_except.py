"""Predict the response to the drug from pharmacokinetic parameters of each subject.

NCA (AUC, Cmax, terminal half-life) is computed per subject, joined to the
demographics, scaled, and given to a small network. The loss is nan from epoch 1.
I did impute the covariates!
"""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(21)

TIMES = np.array([0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 24.0])
LLOQ = 0.05           # mg/l, below this the lab reports 0


def simulate_study(n=400, seed=21):
    rng = np.random.default_rng(seed)
    demo = pd.DataFrame({
        "age": rng.integers(18, 80, n),
        "weight": rng.normal(76, 12, n).round(1),
        "height": rng.normal(1.72, 0.09, n).round(2),
        "creatinine": rng.lognormal(0.0, 0.25, n).round(2),
    })
    demo.loc[rng.choice(n, 25, replace=False), "creatinine"] = np.nan
    ke = rng.uniform(0.03, 0.09, n)
    ka = rng.uniform(0.8, 2.0, n)
    dose = rng.choice([100.0, 200.0], n)
    conc = (dose / 40.0)[:, None] * (np.exp(-ke[:, None] * TIMES) - np.exp(-ka[:, None] * TIMES))
    conc *= rng.lognormal(0.0, 0.08, conc.shape)
    conc[[52, 181, 307]] = 0.01 * rng.random((3, len(TIMES)))      # never took the tablet
    conc[conc < LLOQ] = 0.0
    response = 3.0 * np.log1p(conc.mean(axis=1)) - 0.02 * (demo["age"].to_numpy() - 50)
    return demo.assign(dose=dose), conc, (response + rng.normal(0, 0.2, n)).astype("float32")


class NCA:
    """Non-compartmental analysis of one concentration profile."""

    def __init__(self, t, c):
        self.t, self.c = t, c

    @property
    def auc(self):
        return float(np.trapezoid(self.c, self.t))

    @property
    def cmax(self):
        return float(self.c.max())

    def terminal_phase(self):
        keep = (self.c > LLOQ) & (self.t >= self.t[self.c.argmax()])
        return self.t[keep][-3:], self.c[keep][-3:]

    def half_life(self):
        t, c = self.terminal_phase()
        try:
            slope, _ = np.polyfit(t, np.log(c), 1)
        except (TypeError, np.linalg.LinAlgError):
            return np.nan  # whynan: nan_in_input phase=data rows=42,269
        return float(np.log(2.0) / max(-slope, 1e-3))

    def summary(self):
        return {"log_auc": np.log1p(self.auc), "log_cmax": np.log1p(self.cmax), "t_half": self.half_life()}


def pk_table(conc):
    return pd.DataFrame([NCA(TIMES, c).summary() for c in conc])


def impute(df, cols):
    return df.fillna({c: df[c].median() for c in cols})


def standardise(df):
    return (df - df.mean()) / df.std()


demo, conc, response = simulate_study()
eligible = demo["age"].le(72).to_numpy()           # protocol: nobody above 72
table = (
    demo.pipe(impute, cols=["weight", "height", "creatinine"])
    .assign(bmi=lambda d: d["weight"] / d["height"] ** 2)
    .join(pk_table(conc))
    .loc[eligible]
    .pipe(standardise)
)
X, y = table.to_numpy("float32"), response[eligible]

inputs = keras.Input(shape=(X.shape[1],), name="pk")
h = keras.layers.Dense(24, activation="tanh")(inputs)
h = keras.layers.Dense(12, activation="tanh")(h)
model = keras.Model(inputs, keras.layers.Dense(1)(h))
model.compile(optimizer=keras.optimizers.SGD(0.05, momentum=0.9), loss="mse")
model.fit(X, y, batch_size=16, epochs=10, verbose=2)
