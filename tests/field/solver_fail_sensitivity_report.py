"""Surrogate for our blending LP: from the sensitivity report of the spreadsheet solver to the saving after re-solving
and to whether the basis changes. np.isfinite(x).all() is True, and I divide every column by its median so that big
cells do not matter. The saving loss becomes inf, everything after it nan."""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(15)
rng = np.random.default_rng(15)
n = 480

report = pd.DataFrame({
    "final_value": rng.gamma(4.0, 60.0, n),
    "shadow_price": rng.gamma(2.0, 1.5, n),
    "rhs": rng.uniform(100, 900, n),
    "allowable_increase": rng.gamma(2.0, 25.0, n),
    "allowable_decrease": rng.gamma(2.0, 25.0, n),
})
report.loc[[14, 96, 231, 402], "allowable_increase"] = 1e30

step = rng.uniform(0, 60, n)
saving = report["shadow_price"] * np.minimum(step, report["allowable_increase"]) / 100
rebased = (step > report["allowable_increase"]).astype("float32")

x = report.assign(step=step)
x = (x / x.median()).to_numpy("float32")
assert np.isfinite(x).all()

cells = keras.Input(shape=(x.shape[1],), name="cells")
h = keras.layers.Dense(48, activation="relu")(cells)
h = keras.layers.Dense(24, activation="relu")(h)
outputs = {
    "saving": keras.layers.Dense(1, name="saving")(h),
    "rebased": keras.layers.Dense(1, activation="sigmoid", name="rebased")(h),
}
model = keras.Model(cells, outputs)
model.compile(optimizer="adam", loss={"saving": "mse", "rebased": "binary_crossentropy"})
targets = {"saving": saving.to_numpy("float32"), "rebased": rebased.to_numpy("float32")}
model.fit(x, targets, epochs=4, batch_size=32, verbose=2)  # whynan: unscaled_input phase=loss|forward rows=14,96,231,402
