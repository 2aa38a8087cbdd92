import numpy as np
import keras

keras.utils.set_random_seed(2024)

# Reporter gene assay: six dilutions per compound, raw luminescence counts of the
# plate reader, target is the pEC50 that the old four-parameter fit gave.
N_COMPOUNDS = 768
DILUTIONS = np.array([1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4])


def simulate_plates(n, rng):
    pec50 = rng.uniform(4.5, 8.5, n)
    hill = rng.normal(1.0, 0.15, n)
    top = rng.uniform(1500, 4500, n)
    bottom = rng.uniform(30, 80, n)
    dose = np.log10(DILUTIONS)[None, :]
    response = 1.0 / (1.0 + 10 ** (hill[:, None] * (-pec50[:, None] - dose)))
    counts = bottom[:, None] + (top - bottom)[:, None] * response
    counts *= rng.lognormal(0.0, 0.06, counts.shape)
    return np.clip(counts, 20, 5000).astype("float32"), pec50.astype("float32")


class PlateFeeder:
    """Hands out blocks of compounds, in a new order every epoch."""

    def __init__(self, counts, target, block=48, seed=0):
        self.counts = counts
        self.target = target
        self.block = block
        self.rng = np.random.default_rng(seed)

    def __len__(self):
        return -(-len(self.counts) // self.block)

    def epoch(self):
        for b in self.rng.permutation(len(self)):
            rows = slice(b * self.block, (b + 1) * self.block)
            signal = self.counts[rows]
            np.log10(signal, out=signal)  # whynan: log_of_negative phase=data also=nan_in_input
            yield signal, self.target[rows]


def make_model():
    return keras.Sequential(
        [
            keras.Input((len(DILUTIONS),)),
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(1),
        ]
    )


def main():
    rng = np.random.default_rng(5)
    counts, pec50 = simulate_plates(N_COMPOUNDS, rng)
    held_counts, held_pec50 = simulate_plates(96, rng)

    target = (pec50 - pec50.mean()) / pec50.std()
    feeder = PlateFeeder(counts, target, seed=9)

    model = make_model()
    model.compile(optimizer=keras.optimizers.Adam(4e-3), loss="mse")

    best, patience = np.inf, 0
    for epoch in range(30):
        losses = []
        for signal, y in feeder.epoch():
            logs = model.train_on_batch(signal, y, return_dict=True)
            losses.append(float(logs["loss"]))
        mean_loss = float(np.mean(losses))
        print(f"epoch {epoch:2d}  mse {mean_loss:.4f}")
        if mean_loss < best - 1e-4:
            best, patience = mean_loss, 0
        else:
            patience += 1
        if patience >= 8:
            print("no progress any more, stopping")
            break

    guess = model.predict(np.log10(held_counts), verbose=0).ravel()
    guess = guess * pec50.std() + pec50.mean()
    print("held-out MAE of the pEC50:", np.abs(guess - held_pec50).mean())


if __name__ == "__main__":
    main()
