"""Weakly labelled mistletoe survey: foresters only say whether a plot has mistletoe at all.

Each plot is a bag of 196 crown tiles (14 x 14 from the drone mosaic), a tile gets its own
probability, and the plot is positive when at least one tile is.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(1224)

PLOTS, TILES, BANDS = 420, 196, 7
BATCH = 20


def survey(seed):
    rng = np.random.default_rng(seed)
    bags = rng.normal(0, 1, (PLOTS, TILES, BANDS)) + rng.normal(0, 0.3, (PLOTS, 1, BANDS))
    infested = rng.random(PLOTS) < 0.5
    signature = np.array([0.5, -0.4, 2.2, -1.8, 0.0, 1.2, 0.7])
    for plot in np.flatnonzero(infested):
        crowns = rng.choice(TILES, rng.integers(2, 12), replace=False)
        bags[plot, crowns] += signature
    return bags.astype("float32"), infested.astype("float32")[:, None]


class AnyTile(layers.Layer):
    """Noisy-or over the instances of a bag."""

    def call(self, p):
        return 1.0 - ops.prod(1.0 - p, axis=1)


def plot_loss(present, prob):
    return -ops.mean(present * ops.log(prob) + (1.0 - present) * ops.log(1.0 - prob), axis=-1)  # whynan: log_of_zero phase=loss|forward also=exp_underflow


def build():
    tiles = keras.Input((TILES, BANDS))
    h = layers.Dense(24, activation="silu")(tiles)
    h = layers.Dense(12, activation="silu")(h)
    p = layers.Dense(1, activation="sigmoid", name="tile_probability")(h)
    return keras.Model(tiles, AnyTile()(p)), keras.Model(tiles, p)


bags, infested = survey(seed=6)
train, test = np.arange(340), np.arange(340, PLOTS)
plot_model, tile_model = build()
plot_model.compile(optimizer=keras.optimizers.Nadam(1e-3), loss=plot_loss, jit_compile=False)

shuffler = np.random.default_rng(0)
for epoch in range(6):
    shuffler.shuffle(train)
    losses = []
    for start in range(0, len(train), BATCH):
        rows = train[start:start + BATCH]
        losses.append(float(plot_model.train_on_batch(bags[rows], infested[rows])))
    prob = plot_model.predict_on_batch(bags[test])
    hit = np.mean((prob > 0.5) == (infested[test] > 0.5))
    print(f"epoch {epoch} loss {np.mean(losses):.4f} plots right {hit:.2f}")

heat = tile_model.predict(bags[:4], verbose=0).reshape(4, 14, 14)
print("hottest tile per plot", heat.max(axis=(1, 2)))
