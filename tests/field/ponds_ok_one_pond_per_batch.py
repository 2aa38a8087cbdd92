"""Log chlorophyll of ponds from what the map says about them (area, depth, forest ...), twelve samples per pond.

A batch is a pond, so the twelve rows of a batch have the same features and get the same prediction, and in the last
batch of an epoch it's just the same.  The loss hops a lot between the batches.  A colleague says the model has collapsed.
"""
# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(208)
rng = np.random.default_rng(208)

MAP_COLUMNS = ["log_area", "log_depth", "altitude", "forest_share", "inflow"]
SAMPLES = 12


def survey(ponds):
    features = rng.normal(size=(ponds, len(MAP_COLUMNS)))
    level = 1.0 * features[:, 0] - 0.9 * features[:, 1] + 0.5 * features[:, 0] * features[:, 3]
    chlorophyll = level[:, None] + rng.normal(0.0, 0.45, (ponds, SAMPLES))
    return features.astype("float32"), chlorophyll.astype("float32")


class PondByPond(keras.utils.PyDataset):
    """One pond per batch: the map is the same for all samples of the pond."""

    def __init__(self, features, chlorophyll, shuffle, **kwargs):
        super().__init__(**kwargs)
        self.features, self.chlorophyll, self.shuffle = features, chlorophyll, shuffle
        self.order = np.arange(len(features))
        self.on_epoch_end()

    def __len__(self):
        return len(self.order)

    def __getitem__(self, index):
        pond = self.order[index]
        rows = np.repeat(self.features[pond][None, :], SAMPLES, axis=0)
        return rows, self.chlorophyll[pond][:, None]

    def on_epoch_end(self):
        if self.shuffle:
            rng.shuffle(self.order)


features, chlorophyll = survey(150)
train = PondByPond(features[:110], chlorophyll[:110], shuffle=True)
check = PondByPond(features[110:], chlorophyll[110:], shuffle=False)

model = keras.Sequential(
    [
        keras.Input((len(MAP_COLUMNS),)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
model.fit(train, validation_data=check, epochs=15, verbose=2)

rows, measured = train[len(train) - 1]
print("last pond, predictions:", model.predict(rows, verbose=0)[:, 0].round(3))
print("last pond, measured:   ", measured[:, 0].round(3))
per_pond = model.predict(features[110:], verbose=0)[:, 0]
print("correlation over unseen ponds:", np.corrcoef(per_pond, chlorophyll[110:].mean(axis=1))[0, 1].round(3))
