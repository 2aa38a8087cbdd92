"""Weaving mill: estimate the machine minutes of a planned job from the job sheet
and from what we know about the article (cloth) from last year's loom log."""
import os
import tempfile

import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

BATCH = 32


def write_exports(folder):
    """Stand-in for the two exports from the production planning system."""
    regular = [f"A{n:03d}" for n in range(52)]
    samples = [f"M{n:03d}" for n in range(7)]
    level = {a: rng.gamma(4.0, 1.3) for a in regular + samples}

    log = []
    for a in regular:
        for _ in range(rng.integers(9, 40)):
            log.append((a, rng.poisson(level[a]) + 1, round(rng.normal(480, 40), 1)))
    for a in samples:
        log.append((a, rng.poisson(level[a]) + 1, round(rng.normal(480, 40), 1)))
    log = pd.DataFrame(log, columns=["article", "stops", "picks_per_min"])
    log.sample(frac=1.0, random_state=5).to_csv(os.path.join(folder, "loomlog.csv"), index=False)

    n = 1400
    art = np.where(rng.random(n) < 0.96, rng.choice(regular, n), rng.choice(samples, n))
    metres = rng.uniform(80, 900, n)
    width = rng.choice([140, 160, 180, 220], n)
    ends = rng.integers(1800, 6200, n)
    minutes = metres * 2.1 + 9 * np.array([level[a] for a in art]) + ends / 50 + rng.normal(0, 25, n)
    pd.DataFrame({"article": art, "metres": metres.round(1), "width_cm": width,
                  "warp_ends": ends, "minutes": minutes.round(0)}).to_csv(
        os.path.join(folder, "jobs.csv"), index=False)


def load(folder):
    log = pd.read_csv(os.path.join(folder, "loomlog.csv")).dropna()
    jobs = pd.read_csv(os.path.join(folder, "jobs.csv")).dropna()
    assert jobs["article"].isin(log["article"]).all()

    stats = log.groupby("article")["stops"].agg(["mean", "std"])  # whynan: single_element_variance phase=data also=nan_in_input
    stats.columns = ["stops_mean", "stops_std"]
    jobs = jobs.merge(stats, left_on="article", right_index=True, how="left")

    cols = ["metres", "width_cm", "warp_ends", "stops_mean", "stops_std"]
    x = jobs[cols]
    x = (x - x.mean()) / x.std()
    y = jobs["minutes"] / 1000.0
    return x.to_numpy("float32"), y.to_numpy("float32")[:, None]


class JobBatches(keras.utils.PyDataset):
    def __init__(self, x, y, batch_size, **kw):
        super().__init__(**kw)
        self.x, self.y, self.bs = x, y, batch_size
        self.order = np.arange(len(x))
        self.on_epoch_end()

    def __len__(self):
        return int(np.ceil(len(self.x) / self.bs))

    def on_epoch_end(self):
        rng.shuffle(self.order)

    def __getitem__(self, i):
        take = self.order[i * self.bs:(i + 1) * self.bs]
        return self.x[take], self.y[take]


def main():
    with tempfile.TemporaryDirectory() as folder:
        write_exports(folder)
        x, y = load(folder)

    cut = int(len(x) * 0.85)
    net = keras.Sequential([
        layers.Input((x.shape[1],)),
        layers.Dense(32, activation="tanh"),
        layers.Dense(16, activation="tanh"),
        layers.Dense(1),
    ])
    net.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mae")
    net.fit(JobBatches(x[:cut], y[:cut], BATCH), epochs=5, verbose=2)
    print("MAE on held out jobs, minutes:", 1000 * float(net.evaluate(x[cut:], y[cut:], verbose=0)))


if __name__ == "__main__":
    main()
