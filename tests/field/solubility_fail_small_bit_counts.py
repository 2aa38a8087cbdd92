"""Aqueous solubility from substructure fingerprints.

With the first hundred or so small molecules of the list I could train for as long as I wanted. With the whole list the
loss is nan, though a fingerprint is only zeros and ones and no molecule is empty.
"""
import numpy as np
import keras
from keras import layers

SETTINGS = {"bits": 512, "molecules": 420, "batch": 30, "epochs": 6, "widths": (64, 32), "seed": 20}
keras.utils.set_random_seed(SETTINGS["seed"])


def library(settings):
    """Fingerprints as one byte per bit, which keeps the big library in memory, and log S."""
    rng = np.random.default_rng(settings["seed"])
    n, length = settings["molecules"], settings["bits"]
    bits_on = rng.integers(22, 105, n)
    # five macrocycles and peptides in a list of fragments
    bits_on[[112, 177, 240, 251, 333]] = [141, 168, 153, 187, 134]
    prints = np.zeros((n, length), dtype="int8")
    for row, count in enumerate(bits_on):
        prints[row, rng.choice(length, size=count, replace=False)] = 1
    contribution = rng.normal(0.0, 0.25, length)
    log_s = -1.5 - 0.02 * bits_on + prints @ contribution + rng.normal(0, 0.2, n)
    return prints, log_s


def to_unit_length(prints):
    """Cosine geometry: long molecules must not dominate the first layer."""
    norm = np.sqrt(np.einsum("ij,ij->i", prints, prints))  # whynan: int_overflow phase=data rows=112,177,240,251,333 also=sqrt_of_negative,nan_in_input
    norm = np.maximum(norm, 1.0)  # an empty fingerprint stays empty
    return (prints / norm[:, None]).astype("float32")


class SolubilityNet(keras.Model):
    def __init__(self, widths, drop=0.1):
        super().__init__()
        self.hidden = [layers.Dense(w, activation="gelu") for w in widths]
        self.drop = layers.Dropout(drop)
        self.out = layers.Dense(1)

    def call(self, x, training=False):
        for layer in self.hidden:
            x = self.drop(layer(x), training=training)
        return self.out(x)


def main():
    prints, log_s = library(SETTINGS)
    assert prints.sum(axis=1).min() > 0
    assert set(np.unique(prints)) == {0, 1}
    x = to_unit_length(prints)
    y = ((log_s - log_s.mean()) / log_s.std()).astype("float32")[:, None]

    net = SolubilityNet(SETTINGS["widths"])
    net.compile(optimizer=keras.optimizers.AdamW(1e-3, weight_decay=1e-4), loss="huber")
    history = net.fit(x, y, batch_size=SETTINGS["batch"], epochs=SETTINGS["epochs"], validation_split=0.1, verbose=0)
    for epoch, (train, val) in enumerate(zip(history.history["loss"], history.history["val_loss"])):
        print(f"epoch {epoch}: {train:.4f}  val {val:.4f}")


if __name__ == "__main__":
    main()
