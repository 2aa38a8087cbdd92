"""Wear of coffee grinders from the spectrum of their noise, with a two-dimensional map in the middle for plotting.

For some epochs it trains like always, then from one epoch to the next the loss is nan, always at the
same epoch. No batch is special, the data are clean and the rate is small. Without my callbacks it does not
happen, but the weight limit, which I suspected, is innocent: I removed it and the nan stayed.
"""
import dataclasses

import keras
import numpy as np

STATES = ["new", "run in", "worn", "chipped"]


@dataclasses.dataclass
class Experiment:
    recordings: int = 1300
    bands: int = 32
    wide: tuple = (48, 16)
    map_size: int = 2
    rate: float = 2e-3
    batch: int = 32
    epochs: int = 8
    recycle_every: int = 3
    recycle_share: float = 0.2
    weight_limit: float = 3.0
    seed: int = 29


class NoiseLibrary:
    """Band energies of recordings in four states of wear; some microphones are turned off in the top bands."""

    def __init__(self, experiment):
        self.experiment = experiment
        self.rng = np.random.default_rng(experiment.seed)

    def energies(self, state):
        band = np.arange(self.experiment.bands)
        centre = np.array([6.0, 10.0, 16.0, 22.0])[state][:, None]
        width = np.array([3.0, 4.0, 5.0, 2.5])[state][:, None]
        peak = 40.0 * np.exp(-0.5 * ((band - centre) / width) ** 2)
        energy = self.rng.gamma(2.0, 0.5 * (peak + 4.0))
        deaf = self.rng.random(len(state)) < 0.15
        energy[deaf, -4:] = 0.0
        return energy

    def load(self):
        state = self.rng.integers(0, len(STATES), self.experiment.recordings)
        level = np.log10(self.energies(state) + 1e-2)
        return level.astype("float32"), state.astype("int64")


class BandScaler:
    """Robust scaling by the quartiles of the training part."""

    def fit(self, level):
        self.middle = np.median(level, axis=0)
        low, high = np.percentile(level, [25, 75], axis=0)
        self.range = np.where(high - low > 1e-6, high - low, 1.0)
        return self

    def __call__(self, level):
        return ((level - self.middle) / self.range).astype("float32")


class RecycleUnits(keras.callbacks.Callback):
    """Every few epochs the least useful units of a layer start again, drawn like the ones that stay."""

    def __init__(self, pairs, every, share, seed):
        super().__init__()
        self.pairs, self.every, self.share = pairs, every, share
        self.rng = np.random.default_rng(seed)

    @staticmethod
    def usefulness(incoming, outgoing):
        return np.linalg.norm(incoming, axis=0) * np.linalg.norm(outgoing, axis=1)

    def recycle(self, layer, following):
        kernel, bias = (np.array(w) for w in layer.get_weights())
        onward, onward_bias = (np.array(w) for w in following.get_weights())
        order = np.argsort(self.usefulness(kernel, onward))
        number = int(np.ceil(self.share * len(order)))
        idle, busy = order[:number], order[number:]
        centre = kernel[:, busy].mean(axis=1, keepdims=True)
        spread = kernel[:, busy].std(axis=1, ddof=1, keepdims=True)  # whynan: single_element_variance phase=update
        kernel[:, idle] = centre + spread * self.rng.standard_normal((len(kernel), number))
        bias[idle] = 0.0
        onward[idle] = 0.0
        layer.set_weights([kernel, bias])
        following.set_weights([onward, onward_bias])
        return number

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every:
            return
        for first, second in self.pairs:
            number = self.recycle(self.model.get_layer(first), self.model.get_layer(second))
            print(f"{first}: {number} unit(s) start again")


class LimitWeights(keras.callbacks.Callback):
    """Keeps the length of the incoming weights of every unit below a limit."""

    def __init__(self, limit):
        super().__init__()
        self.limit = limit

    def on_train_batch_end(self, batch, logs=None):
        for layer in self.model.layers:
            if isinstance(layer, keras.layers.Dense):
                kernel, bias = layer.get_weights()
                length = np.linalg.norm(kernel, axis=0, keepdims=True)
                layer.set_weights([kernel * np.minimum(1.0, self.limit / (length + 1e-8)), bias])


def build_model(experiment):
    spectrum = keras.Input((experiment.bands,))
    hidden = keras.layers.Dense(experiment.wide[0], activation="elu", name="listen")(spectrum)
    hidden = keras.layers.Dense(experiment.wide[1], activation="elu", name="squeeze")(hidden)
    place = keras.layers.Dense(experiment.map_size, name="map")(hidden)
    hidden = keras.layers.Dense(experiment.wide[1], activation="swish", name="unfold")(place)
    return keras.Model(spectrum, keras.layers.Dense(len(STATES), name="state")(hidden))


def main():
    experiment = Experiment()
    keras.utils.set_random_seed(experiment.seed)
    level, state = NoiseLibrary(experiment).load()
    cut = int(0.8 * len(level))
    scaler = BandScaler().fit(level[:cut])
    model = build_model(experiment)
    model.compile(optimizer=keras.optimizers.Adam(experiment.rate),
                  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                  metrics=["accuracy"])
    pairs = [("listen", "squeeze"), ("squeeze", "map"), ("map", "unfold")]
    model.fit(scaler(level[:cut]), state[:cut], validation_data=(scaler(level[cut:]), state[cut:]),
              epochs=experiment.epochs, batch_size=experiment.batch, verbose=2,
              callbacks=[LimitWeights(experiment.weight_limit),
                         RecycleUnits(pairs, experiment.recycle_every, experiment.recycle_share, experiment.seed)])


if __name__ == "__main__":
    main()
