"""Sea-ice thickness along the icebreaker routes from satellite channels. Gridded product, one record per cell and day."""
import math

import numpy as np
import keras

keras.utils.set_random_seed(64)
rng = np.random.default_rng(64)

DAYS, CELLS = 60, 32


def read_product():
    """Returns brightness temperatures (day, cell, channel) and thickness in metres (masked array)."""
    season = np.sin(np.pi * np.arange(DAYS) / DAYS)[:, None]
    latitude = np.linspace(0.2, 1.0, CELLS)[None, :]
    thickness = 1.8 * season * latitude + 0.1 * rng.random((DAYS, CELLS))
    channels = np.stack(
        [
            240 - 25 * np.tanh(thickness) + rng.normal(0, 1.5, thickness.shape),
            225 - 40 * np.tanh(0.5 * thickness) + rng.normal(0, 1.5, thickness.shape),
            180 + 15 * thickness + rng.normal(0, 3.0, thickness.shape),
        ],
        axis=-1,
    )
    swath_gap = np.zeros((DAYS, CELLS), bool)
    swath_gap[41, 20:23] = True
    return channels.astype("float32"), np.ma.masked_array(thickness.astype("float32"), mask=swath_gap)


class GridBatches(keras.utils.PyDataset):
    def __init__(self, channels, thickness, batch_size=64, **kwargs):
        super().__init__(**kwargs)
        flat = channels.reshape(-1, channels.shape[-1])
        self.x = (flat - flat.mean(axis=0)) / flat.std(axis=0)
        self.y = thickness.reshape(-1, 1)
        self.batch_size = batch_size
        self.order = rng.permutation(len(self.x))

    def __len__(self):
        return math.ceil(len(self.x) / self.batch_size)

    def __getitem__(self, i):
        take = self.order[i * self.batch_size:(i + 1) * self.batch_size]
        return self.x[take], self.y[take]

    def on_epoch_end(self):
        self.order = rng.permutation(len(self.x))


channels, thickness = read_product()
batches = GridBatches(channels, thickness.filled())

model = keras.Sequential([
    keras.layers.Input((3,)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.9), loss="mse")
model.fit(batches, epochs=5, verbose=2)  # whynan: unscaled_target phase=loss also=label_out_of_range

day = 30
pred = model.predict(batches.x.reshape(DAYS, CELLS, 3)[day], verbose=0)[:, 0]
print("thickest cell on day", day, ":", int(np.argmax(pred)), "predicted", pred.max())
