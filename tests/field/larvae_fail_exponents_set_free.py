"""Settlement of mussel larvae from the weekly plankton net. The old index takes the square root of each species'
count; I train the rest of the net with that first, then let the exponents of the species move as well. Stage one
is perfectly stable. As soon as I unfreeze the eight exponents the loss is nan, even at a rate of 1e-6."""
import keras
import numpy as np
import pandas as pd
from keras import layers, ops

keras.utils.set_random_seed(8)
SPECIES = ["acartia", "temora", "oithona", "evadne", "podon", "nauplii", "gastropods", "polychaetes"]
WATER = ["temperature", "salinity", "chlorophyll"]


def net_hauls(n=900):
    rng = np.random.default_rng(44)
    table = pd.DataFrame({
        "temperature": 11 + 6 * np.sin(np.linspace(0, 40, n)) + rng.normal(0, 0.7, n),
        "salinity": rng.normal(33.1, 0.6, n),
        "chlorophyll": rng.gamma(2.0, 1.4, n),
    })
    level = np.array([14.0, 9.0, 22.0, 2.0, 1.1, 30.0, 3.5, 0.8])
    bloom = np.exp(0.08 * (table["temperature"].to_numpy() - 11))[:, None]
    patchy = rng.gamma(0.7, 1 / 0.7, (n, len(SPECIES)))
    counts = rng.poisson(level * bloom * patchy)
    for j, name in enumerate(SPECIES):
        table[name] = counts[:, j]
    signal = 0.30 * counts[:, 0] ** 0.4 + 0.22 * counts[:, 5] ** 0.6 - 0.15 * counts[:, 3] ** 0.8
    table["settled"] = 1.5 + signal + 0.05 * table["temperature"] + rng.normal(0, 0.25, n)
    return table


class CountCurve(layers.Layer):
    """counts ** exponent with one exponent per species; an empty net stays at nothing."""

    def __init__(self, start=0.5, smallest=0.05, **kwargs):
        super().__init__(**kwargs)
        self.start, self.smallest = start, smallest

    def build(self, shape):
        self.exponent = self.add_weight(
            name="exponent", shape=(shape[-1],), initializer=keras.initializers.Constant(self.start))

    def call(self, counts):
        exponent = ops.maximum(self.exponent, self.smallest)
        return ops.exp(exponent * ops.log(counts))  # whynan: log_of_zero phase=gradient|forward also=pow_grad_at_zero


def build():
    counts = keras.Input((len(SPECIES),), name="counts")
    water = keras.Input((len(WATER),), name="water")
    index = CountCurve(name="curve")(counts)
    joined = layers.Concatenate()([layers.Dense(12, activation="silu")(index), water])
    hidden = layers.Dense(16, activation="silu")(joined)
    return keras.Model({"counts": counts, "water": water}, layers.Dense(1)(hidden))


def stage(model, inputs, target, rate, epochs):
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
    history = model.fit(inputs, target, batch_size=30, epochs=epochs, verbose=0)
    for i, value in enumerate(history.history["loss"]):
        print(f"  epoch {i + 1}: {value:.4f}")


def main():
    hauls = net_hauls()
    water = hauls[WATER]
    inputs = {
        "counts": hauls[SPECIES].to_numpy("float32"),
        "water": ((water - water.mean()) / water.std()).to_numpy("float32"),
    }
    target = hauls[["settled"]].to_numpy("float32")
    model = build()
    curve = model.get_layer("curve")

    print("square roots as in the old index")
    curve.trainable = False
    stage(model, inputs, target, 3e-3, 6)

    print("exponents free")
    curve.trainable = True
    stage(model, inputs, target, 3e-4, 3)
    print(dict(zip(SPECIES, curve.exponent.numpy().round(2))))


if __name__ == "__main__":
    main()
