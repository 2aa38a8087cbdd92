"""LN model of retinal ganglion cells: checkerboard movie in, spike counts of 4 cells out (Poisson loss).

The firing rate is an exponential, capped at the physiological maximum so that it cannot explode. The loss of the
first batch is large but finite, after it the receptive fields are all nan. Printed the rates: all between 0 and 500.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(2)

BOARD = 8
CELLS = 4
MAX_RATE = 500.0


def record(frames=1600, lag=1):
    rng = np.random.default_rng(9)
    movie = rng.integers(0, 2, size=(frames, BOARD, BOARD)).astype("uint8") * 255
    yy, xx = np.mgrid[0:BOARD, 0:BOARD]
    counts = []
    for _ in range(CELLS):
        cy, cx = rng.uniform(2, 6, size=2)
        sign = rng.choice([-1.0, 1.0])
        d2 = (yy - cy) ** 2 + (xx - cx) ** 2
        field = sign * (np.exp(-d2 / 2.0) - 0.25 * np.exp(-d2 / 8.0))
        drive = ((movie / 255.0 - 0.5) * field).sum(axis=(1, 2))
        counts.append(rng.poisson(np.exp(0.7 + 1.2 * drive)))
    counts = np.stack(counts, axis=1)
    return movie[:-lag], counts[lag:]


def capped_rate(drive):
    # spikes per bin; a cell can not do more than that
    return ops.minimum(ops.exp(drive), MAX_RATE)  # whynan: exp_overflow phase=gradient also=clip_misuse,where_gradient_trap,unscaled_input


class LinearNonlinear:
    """Small wrapper so that the notebooks can call .fit(movie, spikes) like the sklearn GLM before."""

    def __init__(self, subunits=8, learning_rate=1e-3):
        self.model = keras.Sequential(
            [
                layers.Input((BOARD, BOARD)),
                layers.Flatten(),
                layers.Dense(subunits, activation="relu", name="subunits"),
                layers.Dense(CELLS, activation=capped_rate, name="rate"),
            ]
        )
        self.model.compile(
            optimizer=keras.optimizers.Adam(learning_rate, clipvalue=1.0), loss=keras.losses.Poisson()
        )

    def fit(self, movie, spikes, **kwargs):
        return self.model.fit(movie.astype("float32"), spikes.astype("float32"), **kwargs)

    def receptive_fields(self):
        return self.model.get_layer("subunits").kernel.numpy().T.reshape(-1, BOARD, BOARD)


if __name__ == "__main__":
    movie, spikes = record()
    print("frames", movie.shape, "spikes per bin", spikes.mean(axis=0).round(2))
    ln = LinearNonlinear()
    first = ln.model.predict(movie[:64].astype("float32"), verbose=0)
    print("rates before training: min", first.min(), "max", first.max())
    ln.fit(movie, spikes, batch_size=64, epochs=3, verbose=2)
    print("receptive field energy", np.square(ln.receptive_fields()).sum(axis=(1, 2)))
