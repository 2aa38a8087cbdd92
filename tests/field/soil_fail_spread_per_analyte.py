"""Several laboratory values of a soil sample from its near-infrared spectrum, one head for each. The values live on very
different scales, so every head gets its own squared error divided by the spread of that value. All heads report
inf for the first batch and nan afterwards. I even leave values out that do not vary at all."""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(8)

ANALYTES = ["ph", "organic_carbon", "phosphorus", "potassium", "cadmium"]
BANDS = 60


def simulate_survey(rng, n=520):
    latent = rng.normal(size=(n, 4))
    lab = pd.DataFrame({
        "ph": 6.4 + 0.7 * latent[:, 0],
        "organic_carbon": np.exp(0.6 + 0.5 * latent[:, 1]),
        "phosphorus": np.exp(3.3 + 0.4 * latent[:, 2]),
        "potassium": np.exp(4.9 + 0.35 * latent[:, 3]),
    })
    # the lab reports half of its detection limit (1.0 mg/kg) wherever cadmium was not found
    cadmium = rng.uniform(0.02, 0.6, n)
    lab["cadmium"] = np.where(cadmium < 1.0, 0.5, cadmium)
    loadings = rng.normal(size=(4, BANDS))
    loadings = np.apply_along_axis(lambda r: np.convolve(r, np.ones(7) / 7, mode="same"), 1, loadings)
    spectra = 0.45 + 0.05 * latent @ loadings + rng.normal(0, 0.004, size=(n, BANDS))
    return spectra, lab.astype("float32")


def standard_normal_variate(spectra):
    return (spectra - spectra.mean(axis=1, keepdims=True)) / spectra.std(axis=1, keepdims=True)


def build_losses(lab):
    losses = {}
    for analyte in ANALYTES:
        spread = float(lab[analyte].to_numpy().std())
        print(f"{analyte:>15}: spread {spread:.4f}")
        if spread < 1e-6:
            continue                                   # nothing to learn there, no head

        def scaled_error(y_true, y_pred):
            return keras.ops.mean(keras.ops.square((y_true - y_pred) / spread), axis=-1)  # whynan: divide_by_zero phase=loss

        losses[analyte] = scaled_error
    return losses


def build_model(lab, heads):
    spectrum = keras.Input((BANDS,), name="spectrum")
    x = keras.layers.Dense(48, activation="relu")(spectrum)
    x = keras.layers.Dropout(0.1)(x)
    x = keras.layers.Dense(24, activation="relu")(x)
    outputs = {}
    for name in heads:
        start = keras.initializers.Constant(float(lab[name].mean()))
        outputs[name] = keras.layers.Dense(1, bias_initializer=start, name=name)(x)
    return keras.Model(spectrum, outputs)


def main():
    spectra, lab = simulate_survey(np.random.default_rng(8))
    x = standard_normal_variate(spectra).astype("float32")
    losses = build_losses(lab)
    model = build_model(lab, losses)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=losses)
    y = {name: lab[[name]].to_numpy() for name in losses}
    history = model.fit(x, y, batch_size=26, epochs=4, verbose=0)
    for epoch, value in enumerate(history.history["loss"]):
        print("epoch", epoch + 1, "loss", value)


main()
