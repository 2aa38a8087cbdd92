"""Water content of peat cores from infrared spectra, with a small random search around it.

Every trial of the search ends with loss nan, wide or narrow, one layer or two. I standardised the bands and the water
content, there are no gaps in the spectra, and the very same network trained well in the notebook of my colleague. I have
already asked the search for fewer units, that changed nothing.
"""
import numpy as np
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler

SEARCH_SPACE = {
    "units": ("choice", [32, 48, 64]),
    "depth": ("int", 1, 2),
    "slope": ("uniform", 0.05, 0.3),
    "momentum": ("uniform", 0.8, 0.95),
    "learning_rate": ("log", 1e-4, 1e-1),
}
TRIALS = 3
BATCH = 32


def scan_cores(n, rng):
    """Reflectance of n cores at 180 wavelengths: scatter of the surface, water bands, humus."""
    grid = np.linspace(0.0, 1.0, 180)
    scatter = rng.normal(0.0, 1.0, (n, 1))
    water = rng.normal(0.0, 1.0, (n, 1))
    humus = rng.normal(0.0, 1.0, (n, 1))
    spectra = 1.4 * scatter * (1.0 + 0.3 * grid)
    spectra = spectra + 0.7 * water * np.exp(-((grid - 0.55) / 0.12) ** 2)
    spectra = spectra + 0.5 * humus * np.exp(-((grid - 0.20) / 0.18) ** 2)
    spectra = 4.0 + spectra + rng.normal(0.0, 0.05, spectra.shape)
    content = 78.0 + 6.0 * water + 1.5 * humus + rng.normal(0.0, 0.8, (n, 1))
    return spectra, content


class RandomSearch:
    def __init__(self, space, seed):
        self.space = space
        self.rng = np.random.default_rng(seed)
        self.finished = []

    def draw(self, kind, *args):
        if kind == "choice":
            return int(self.rng.choice(args[0]))
        if kind == "int":
            return int(self.rng.integers(args[0], args[1] + 1))
        if kind == "log":
            return float(10.0 ** self.rng.uniform(*args))
        return float(self.rng.uniform(*args))

    def sample(self):
        return {name: self.draw(*how) for name, how in self.space.items()}

    def run(self, trials, train, valid):
        for number in range(trials):
            params = self.sample()
            model = build(train[0].shape[1], params)
            history = model.fit(*train, validation_data=valid, batch_size=BATCH, epochs=3, verbose=0)  # whynan: learning_rate_too_high phase=forward|loss|gradient|update also=exploding_gradient
            score = history.history["val_loss"][-1]
            self.finished.append((params, score))
            print(f"trial {number}: units {params['units']:3d} depth {params['depth']} val_loss {score:.4f}")
        return self.finished


def build(bands, params):
    net = keras.Sequential([keras.Input((bands,))])
    for _ in range(params["depth"]):
        net.add(layers.Dense(params["units"]))
        net.add(layers.LeakyReLU(negative_slope=params["slope"]))
    net.add(layers.Dense(1))
    net.compile(
        optimizer=keras.optimizers.SGD(learning_rate=params["learning_rate"], momentum=params["momentum"]),
        loss="mse",
    )
    return net


if __name__ == "__main__":
    keras.utils.set_random_seed(11)
    spectra, content = scan_cores(640, np.random.default_rng(3))
    x_scaler, y_scaler = StandardScaler(), StandardScaler()
    x_train = x_scaler.fit_transform(spectra[:480]).astype("float32")
    y_train = y_scaler.fit_transform(content[:480]).astype("float32")
    x_valid = x_scaler.transform(spectra[480:]).astype("float32")
    y_valid = y_scaler.transform(content[480:]).astype("float32")

    search = RandomSearch(SEARCH_SPACE, seed=2024)
    ranking = sorted(search.run(TRIALS, (x_train, y_train), (x_valid, y_valid)), key=lambda pair: pair[1])
    print("best width:", ranking[0][0]["units"])
