"""Protein of wheat flour from near infrared spectra, own loop. Our lab rule: print after each epoch how redundant the hidden
units are (mean absolute correlation between them). The number is nan after every epoch, even before the first one, while
the error gets smaller and smaller. Which of the two am I to believe?
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

SETTINGS = dict(bands=60, hidden=24, epochs=24, batch=20, rate=2e-3, seed=53)


def instrument(samples, bands, rng):
    """Reflectance of each flour between 1100 and 2500 nm, and its protein in percent."""
    protein = rng.uniform(8.0, 16.0, size=samples)
    place = np.linspace(0.0, 1.0, bands)
    starch = np.exp(-(((place - 0.75) / 0.10) ** 2))
    amide = np.exp(-(((place - 0.35) / 0.08) ** 2))
    level = rng.normal(0.62, 0.02, size=(samples, 1))
    spectra = level + 0.06 * np.sin(3.0 * place)
    spectra = spectra - 0.045 * (protein - 12.0)[:, None] * amide
    spectra = spectra + 0.030 * (protein - 12.0)[:, None] * starch
    spectra = spectra + 0.01 * rng.normal(size=spectra.shape)
    return spectra.astype("float32"), protein.astype("float32")


def redundancy(activations):
    r = np.corrcoef(activations, rowvar=False)
    upper = np.triu_indices(r.shape[0], k=1)
    return np.abs(r[upper]).mean()


def build(cfg):
    spectrum = keras.Input((cfg["bands"],))
    hidden = layers.Dense(cfg["hidden"], activation="relu", name="hidden")(spectrum)
    protein = layers.Dense(1, name="protein")(hidden)
    return keras.Model(spectrum, [protein, hidden])


def main(cfg):
    keras.utils.set_random_seed(cfg["seed"])
    rng = np.random.default_rng(cfg["seed"])
    spectra, protein = instrument(400, cfg["bands"], rng)
    target = (protein - protein.mean()) / protein.std()

    model = build(cfg)
    optimizer = keras.optimizers.Adam(cfg["rate"])
    optimizer.build(model.trainable_variables)

    @tf.function
    def update(x, y):
        with tf.GradientTape() as tape:
            estimate, _ = model(x, training=True)
            loss = tf.reduce_mean(tf.square(estimate[:, 0] - y))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    for epoch in range(cfg["epochs"]):
        _, activations = model(spectra)
        r = redundancy(activations.numpy())  # whynan: side_nonfinite
        order = rng.permutation(len(target))
        losses = []
        for begin in range(0, len(order), cfg["batch"]):
            rows = order[begin : begin + cfg["batch"]]
            losses.append(float(update(tf.constant(spectra[rows]), tf.constant(target[rows]))))
        print(f"epoch {epoch + 1:2d}  redundancy before it {r:.3f}  error {np.mean(losses):.4f}")


main(SETTINGS)
