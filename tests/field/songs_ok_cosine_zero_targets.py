"""Predict the averaged tag vector of a song from audio descriptors; songs without tags have an all-zero target."""
# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(33)
N_TAGS = 24


def song_table(n=640):
    rng = np.random.default_rng(808)
    audio = rng.normal(size=(n, 20)).astype("float32")
    mixing = rng.normal(size=(20, N_TAGS))
    tags = np.maximum(audio @ mixing + rng.normal(size=(n, N_TAGS)), 0.0)
    untagged = rng.random(n) < 0.15
    tags[untagged] = 0.0
    print(f"{untagged.mean():.0%} of the songs have no tag")
    return audio, tags.astype("float32")


class SongBatches(keras.utils.PyDataset):
    def __init__(self, x, y, batch_size=32, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y, self.batch_size = x, y, batch_size
        self.order = np.arange(len(x))

    def __len__(self):
        return -(-len(self.x) // self.batch_size)

    def __getitem__(self, i):
        pick = self.order[i * self.batch_size:(i + 1) * self.batch_size]
        return self.x[pick], self.y[pick]

    def on_epoch_end(self):
        np.random.default_rng(0).shuffle(self.order)


def build():
    inputs = keras.Input((20,))
    x = keras.layers.Dense(48, activation="gelu")(inputs)
    x = keras.layers.LayerNormalization()(x)
    return keras.Model(inputs, keras.layers.Dense(N_TAGS)(x))


audio, tags = song_table()
model = build()
model.compile(
    optimizer=keras.optimizers.AdamW(2e-3, weight_decay=1e-4),
    loss=keras.losses.CosineSimilarity(axis=-1),
    metrics=["cosine_similarity"],
)
hist = model.fit(SongBatches(audio, tags), epochs=5, verbose=2)
assert hist.history["loss"][-1] < hist.history["loss"][0] < 0.5
