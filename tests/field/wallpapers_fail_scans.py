"""Print line control for wallpapers: good / smeared / register error, one grey scan per sheet."""
import json
import logging
import math
import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import layers

logger = logging.getLogger("wallpapers")

CFG = json.loads("""
{"seed": 23, "sheets": 900, "side": 36, "batch": 30, "epochs": 3, "lr": 0.002,
 "feeder_gap_every": 225}
""")


def print_sheet(kind, side, rng):
    yy, xx = np.mgrid[0:side, 0:side]
    period = rng.uniform(6, 10)
    phase = rng.uniform(0, 2 * np.pi)
    motif = np.sin(2 * np.pi * xx / period + phase) * np.sin(2 * np.pi * yy / period)
    if kind == 1:
        k = 5
        motif = np.stack([np.roll(motif, s, axis=1) for s in range(k)]).mean(0)
    elif kind == 2:
        motif[side // 2:] = np.roll(motif[side // 2:], int(period // 2), axis=1)
    grey = 150 + 70 * motif + rng.normal(0, 6, motif.shape)
    return np.clip(grey, 0, 255).astype(np.uint8)


def fill_archive(folder, cfg, rng):
    """One .npy per sheet and an index, as the camera PC stores them."""
    index = []
    for n in range(cfg["sheets"]):
        kind = int(rng.integers(0, 3))
        if n % cfg["feeder_gap_every"] == 100:
            # white table under the lamp
            scan = np.full((cfg["side"], cfg["side"]), 255, np.uint8)
            kind = 0
        else:
            scan = print_sheet(kind, cfg["side"], rng)
        name = f"sheet_{n:05d}.npy"
        np.save(folder / name, scan)
        index.append({"file": name, "kind": kind})
    (folder / "index.jsonl").write_text("\n".join(json.dumps(r) for r in index))


def stretch(scan):
    """Lamp brightness drifts, so use the full contrast range of every scan."""
    scan = scan.astype(np.float32)
    lo, hi = scan.min(), scan.max()
    return (scan - lo) / (hi - lo)  # whynan: zero_variance_normalisation phase=data also=divide_by_zero


class SheetSequence(keras.utils.PyDataset):
    def __init__(self, folder, records, batch, shuffle, **kwargs):
        super().__init__(**kwargs)
        self.folder, self.records, self.batch = folder, list(records), batch
        self.shuffle = shuffle
        self.order = np.arange(len(self.records))
        self.rng = np.random.default_rng(1)

    def __len__(self):
        return math.ceil(len(self.records) / self.batch)

    def __getitem__(self, i):
        rows = self.order[i * self.batch:(i + 1) * self.batch]
        x = np.stack([stretch(np.load(self.folder / self.records[r]["file"])) for r in rows])
        y = np.array([self.records[r]["kind"] for r in rows], dtype=np.int32)
        return x[..., None], y

    def on_epoch_end(self):
        if self.shuffle:
            self.rng.shuffle(self.order)


def make_cnn(side):
    return keras.Sequential(
        [
            keras.Input((side, side, 1)),
            layers.Conv2D(12, 5, strides=2, activation="silu"),
            layers.Conv2D(24, 3, strides=2, activation="silu"),
            layers.Flatten(),
            layers.Dense(32, activation="silu"),
            layers.Dense(3),
        ]
    )


def main(cfg):
    logging.basicConfig(level=logging.INFO)
    keras.utils.set_random_seed(cfg["seed"])
    with tempfile.TemporaryDirectory() as tmp:
        folder = Path(tmp)
        fill_archive(folder, cfg, np.random.default_rng(cfg["seed"]))
        records = [json.loads(l) for l in (folder / "index.jsonl").read_text().splitlines()]
        cut = 780
        train = SheetSequence(folder, records[:cut], cfg["batch"], shuffle=True)
        held = SheetSequence(folder, records[cut:], cfg["batch"], shuffle=False)
        model = make_cnn(cfg["side"])
        model.compile(keras.optimizers.Adam(cfg["lr"]),
                      keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
        model.fit(train, epochs=cfg["epochs"], verbose=2)
        logger.info("held-out sheets: %s", model.evaluate(held, return_dict=True, verbose=0))


if __name__ == "__main__":
    main(CFG)
