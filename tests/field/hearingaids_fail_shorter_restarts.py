"""First fit of hearing aids: insertion gain at six frequencies from the audiogram.

Cosine schedule with warm restarts.  I let every period be shorter than the one before,
so that the last ones are only for polishing.  It works very nicely: the error drops with
every restart.  And then, when it is practically finished, epoch 7 is nan.  clipnorm is on.
"""
import keras
import numpy as np
from keras import layers

CONFIG = {
    "seed": 88,
    "people": 640,
    "batch": 32,
    "epochs": 9,
    "schedule": {"initial_learning_rate": 3e-3, "first_period_epochs": 3, "shrink": 0.5, "alpha": 0.02},
    "units": 48,
}
FREQUENCIES = np.array([250, 500, 1000, 2000, 4000, 6000])


def audiograms(count, seed):
    rng = np.random.default_rng(seed)
    age = rng.normal(68.0, 11.0, count).clip(20, 95)
    slope = 0.35 * (age - 40.0)[:, None] * np.log2(FREQUENCIES / 250.0) / 3.0
    noise_notch = 18.0 * rng.random((count, 1)) * np.exp(-((np.log2(FREQUENCIES / 4000.0)) ** 2))
    loss_db = 12.0 + 0.3 * (age - 40.0)[:, None] + slope + noise_notch
    loss_db = np.round((loss_db + rng.normal(0, 5.0, loss_db.shape)) / 5.0) * 5.0
    return age, loss_db.clip(-10, 110)


def prescribed_gain(loss_db, experienced, rng):
    third = 0.31 * loss_db + 0.05 * loss_db.mean(axis=1, keepdims=True)
    shape = np.array([-17.0, -8.0, 1.0, -1.0, -2.0, -2.0])
    gain = third + shape + 2.0 * experienced[:, None]
    return gain.clip(0.0, None) + rng.normal(0, 0.8, gain.shape)


class Fittings(keras.utils.PyDataset):
    """Batches of (audiogram, age, experience) and gain, in a new order every epoch."""

    def __init__(self, count, batch, seed, **kwargs):
        super().__init__(**kwargs)
        self.rng = np.random.default_rng(seed)
        age, loss_db = audiograms(count, seed)
        experienced = self.rng.integers(0, 2, count)
        gain = prescribed_gain(loss_db, experienced, self.rng)
        self.x = np.concatenate(
            [(loss_db - 40.0) / 25.0, ((age - 68.0) / 11.0)[:, None], experienced[:, None] - 0.5], axis=1
        ).astype("float32")
        self.y = (gain / 15.0).astype("float32")
        self.batch = batch
        self.order = np.arange(count)

    def __len__(self):
        return len(self.order) // self.batch

    def __getitem__(self, index):
        rows = self.order[index * self.batch:(index + 1) * self.batch]
        return self.x[rows], self.y[rows]

    def on_epoch_end(self):
        self.rng.shuffle(self.order)


def rate_from(config, steps_per_epoch):
    return keras.optimizers.schedules.CosineDecayRestarts(
        config["initial_learning_rate"],
        first_decay_steps=config["first_period_epochs"] * steps_per_epoch,
        t_mul=config["shrink"],
        alpha=config["alpha"],
    )


def gain_model(inputs, outputs, units):
    start = keras.Input((inputs,))
    x = layers.Dense(units, activation="swish")(start)
    x = layers.Add()([x, layers.Dense(units, activation="swish")(x)])
    return keras.Model(start, layers.Dense(outputs)(x))


def main(config):
    keras.utils.set_random_seed(config["seed"])
    data = Fittings(config["people"], config["batch"], config["seed"])
    model = gain_model(data.x.shape[1], data.y.shape[1], config["units"])
    rate = rate_from(config["schedule"], steps_per_epoch=len(data))
    model.compile(optimizer=keras.optimizers.Adam(rate, clipnorm=1.0), loss=keras.losses.Huber(0.5))
    model.fit(data, epochs=config["epochs"], verbose=2)  # whynan: lr_schedule_invalid phase=update
    return model


if __name__ == "__main__":
    main(CONFIG)
