import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(67)


def survey(n=300):
    rng = np.random.default_rng(67)
    frame = pd.DataFrame({"income": rng.normal(size=n), "age": rng.uniform(-1, 1, n), "urban": rng.integers(0, 2, n)})
    frame["yes"] = rng.binomial(20, 1 / (1 + np.exp(-0.8 * frame.income - 0.3 * frame.urban))).clip(1, 19)
    frame.loc[[58, 144], "yes"] = 20
    frame["asked"] = 20
    return frame


frame = survey()
share = frame["yes"] / frame["asked"]
logit = np.log(share / (1 - share))  # whynan: label_on_boundary phase=data rows=58,144 also=divide_by_zero,nan_in_label
x = frame[["income", "age", "urban"]].to_numpy("float32")

model = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(12, activation="relu"),
    keras.layers.Dense(1),
])
model.compile("adam", "mse")
history = model.fit(x, logit.to_numpy("float32"), epochs=4, batch_size=30, verbose=0)
print(history.history["loss"])
