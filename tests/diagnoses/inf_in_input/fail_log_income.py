import keras
import numpy as np

keras.utils.set_random_seed(21)


def load_applicants(n=280):
    rng = np.random.default_rng(21)
    age = rng.uniform(18, 75, n)
    income = rng.lognormal(10.2, 0.7, n)
    income[[33, 90, 217]] = 0.0  # students, unemployed
    debt = rng.lognormal(8.0, 1.0, n)
    default = (debt / (income + 1000.0) + rng.normal(0, 0.1, n) > 0.2).astype("float32")
    return age, income, debt, default


age, income, debt, default = load_applicants()
log_income = np.log(income)  # whynan: inf_in_input phase=data rows=33,90,217 also=log_of_zero
features = np.stack([(age - 45) / 15, log_income - 10, np.log1p(debt) - 8], axis=1).astype("float32")

inp = keras.Input((3,), name="applicant")
h = keras.layers.Dense(16, activation="elu")(inp)
h = keras.layers.Dropout(0.1)(h)
out = keras.layers.Dense(1, activation="sigmoid")(h)
scorer = keras.Model(inp, out)
scorer.compile("rmsprop", loss="binary_crossentropy")
scorer.fit(features, default, epochs=3, batch_size=28, verbose=2)
