"""Chance of rain from two radar pictures (now and ten minutes ago), targets are the forecasters' own numbers.

It is a probability, so binary cross-entropy on logits. The loss becomes more and more negative within the first epoch
and then it is nan. I divided the pictures by their maximum.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(6)

SIZE = 16
CONFIG = {"filters": (8, 16), "dense": 32, "rate": 0.01, "momentum": 0.9, "batch": 32, "epochs": 6}


class RadarArchive(keras.utils.PyDataset):
    """One item = a batch of (picture pair, what the forecaster on duty wrote into the form)."""

    def __init__(self, n, batch_size, seed, **kwargs):
        super().__init__(**kwargs)
        rng = np.random.default_rng(seed)
        self.batch_size = batch_size
        cells = rng.random((n, SIZE, SIZE))
        for _ in range(3):  # smear the noise into rain cells
            cells = (cells + np.roll(cells, 1, 1) + np.roll(cells, 1, 2) + np.roll(cells, -1, 1)) / 4
        wet = rng.beta(0.8, 1.2, size=(n, 1, 1))
        now = np.clip(cells - 0.5 + wet * 0.6, 0, None)
        before = np.clip(np.roll(now, 2, axis=2) + rng.normal(0, 0.01, now.shape), 0, None)
        pictures = np.stack([now, before], axis=-1)
        self.pictures = (pictures / pictures.max()).astype("float32")
        covered = (now > 0.05).mean(axis=(1, 2))
        # forms only have the steps 0, 10, 20, ... 100
        written = np.round(10 * np.clip(covered + rng.normal(0, 0.05, n), 0, 1)) * 10
        self.written = written.astype("float32")[:, None]

    def __len__(self):
        return len(self.pictures) // self.batch_size

    def __getitem__(self, i):
        part = slice(i * self.batch_size, (i + 1) * self.batch_size)
        return self.pictures[part], self.written[part]


def build(cfg):
    inp = keras.Input((SIZE, SIZE, 2))
    x = inp
    for f in cfg["filters"]:
        x = layers.Conv2D(f, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(cfg["dense"], activation="relu")(x)
    return keras.Model(inp, layers.Dense(1, name="chance_logit")(x))


def main(cfg=CONFIG):
    train = RadarArchive(960, cfg["batch"], seed=1)
    check = RadarArchive(160, cfg["batch"], seed=2)
    print("pictures:", train.pictures.min(), train.pictures.max(), " forms:", train.written[:8].ravel())

    model = build(cfg)
    model.compile(
        optimizer=keras.optimizers.SGD(cfg["rate"], momentum=cfg["momentum"], nesterov=True),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    model.fit(train, validation_data=check, epochs=cfg["epochs"], verbose=2)  # whynan: label_not_in_unit_interval phase=forward|loss also=wrong_loss_for_task

    logits = model.predict(check.pictures[:6], verbose=0)
    print("chance:", tf.sigmoid(logits).numpy().ravel())


if __name__ == "__main__":
    main()
