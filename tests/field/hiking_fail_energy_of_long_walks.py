"""Energy of a walk from the GPS fixes of the watch. Tracks are padded to the longest one and
averaged with a mask. Loss is nan after the first epoch. Most single batches, tried by hand, give a
normal number; a few do not, and I see nothing odd in the tracks of those people."""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(12)

N_WALKS = 240
RIDGE_WALKERS = (58, 171)
CHANNELS = ("speed", "slope", "pulse", "height")


def collect_tracks(seed=3):
    rng = np.random.default_rng(seed)
    fixes = rng.integers(10, 46, N_WALKS)
    fixes[list(RIDGE_WALKERS)] = 70
    tracks, energy = [], []
    for n in fixes:
        slope = np.cumsum(rng.normal(0, 0.02, n))
        speed = 1.3 - 1.5 * slope + rng.normal(0, 0.1, n)
        pulse = 100 + 120 * np.clip(slope, 0, None) + rng.normal(0, 6, n)
        height = 600 + np.cumsum(slope * speed * 60.0)
        track = np.stack([speed, slope * 10, (pulse - 110) / 20, (height - 600) / 100], axis=1)
        tracks.append(track.astype("float32"))
        energy.append(4.0 + 3.0 * np.clip(slope, 0, None).mean() * 10 + 0.5 * speed.mean() + rng.normal(0, 0.2))
    return tracks, np.array(energy, "float32")


def pad_sequences(tracks):
    lengths = np.array([len(track) for track in tracks])
    block = np.zeros((len(tracks), lengths.max(), len(CHANNELS)), "float32")
    for row, track in enumerate(tracks):
        block[row, : len(track)] = track
    mask = np.arange(block.shape[1])[None, :] >= lengths[:, None]
    return block, mask


class MeanOfFixes(layers.Layer):
    """Average over the fixes that really exist."""

    def call(self, states, mask_of_fixes):
        weight = ops.expand_dims(mask_of_fixes, axis=-1)
        return ops.sum(states * weight, axis=1) / ops.sum(weight, axis=1)  # whynan: divide_by_zero phase=forward rows=58,171 also=zero_weight_sum,empty_reduction


def build(width):
    fixes = keras.Input((width, len(CHANNELS)), name="fixes")
    exists = keras.Input((width,), name="exists")
    states = layers.Conv1D(24, 5, padding="same", activation="gelu")(fixes)
    states = layers.Dense(24, activation="gelu")(states)
    pooled = MeanOfFixes(name="mean_of_fixes")(states, exists)
    hidden = layers.Dense(16, activation="tanh")(pooled)
    kilojoule = layers.Dense(1, name="kilojoule_per_minute")(hidden)
    model = keras.Model({"fixes": fixes, "exists": exists}, kilojoule)
    model.compile(optimizer=keras.optimizers.Nadam(2e-3), loss=keras.losses.Huber(), metrics=["mae"])
    return model


def main():
    tracks, energy = collect_tracks()
    block, mask = pad_sequences(tracks)
    data = {"fixes": block, "exists": mask.astype("float32")}
    model = build(block.shape[1])
    history = model.fit(data, energy, batch_size=16, epochs=5, validation_split=0.2, verbose=2)
    print("last training loss", history.history["loss"][-1])


if __name__ == "__main__":
    main()
