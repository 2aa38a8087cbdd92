"""Which hand wrote the charter: upright, italic or round? From the pen movements on a digitising tablet.

The tablet gives whole numbers, so a vertical stroke has an infinite slope and a resting pen 0/0. numpy prints the warnings
"divide by zero" and "invalid value" when the features are made; I have not managed to make them go away.
"""
# whynan: healthy
import keras
import numpy as np
from keras import layers

# mean and spread of the slant in degrees
HANDS = {"upright": (88.0, 12.0), "italic": (60.0, 10.0), "round": (75.0, 40.0)}
MOVES = 48


def write_line(hand, rng):
    slant, spread = HANDS[hand]
    angle = np.radians(rng.normal(slant, spread, size=MOVES))
    length = rng.uniform(1.0, 6.0, size=MOVES)
    length[rng.random(MOVES) < 0.1] = 0.0
    upward = np.where(np.arange(MOVES) % 2 == 0, 1.0, -1.0)
    dx = np.rint(length * np.cos(angle) * upward).astype(int)
    dy = np.rint(length * np.sin(angle) * upward).astype(int)
    return dx, dy


def movement_features(dx, dy):
    slope = dy / dx
    angle = np.arctan(slope)
    resting = (dx == 0) & (dy == 0)
    angle = np.where(resting, 0.0, angle)
    return np.stack(
        [
            np.where(resting, 0.0, np.cos(2.0 * angle)),
            np.where(resting, 0.0, np.sin(2.0 * angle)),
            np.hypot(dx, dy) / 3.0,
            resting.astype(float),
        ],
        axis=-1,
    )


def archive(lines, seed):
    rng = np.random.default_rng(seed)
    names = list(HANDS)
    labels = rng.integers(0, len(names), size=lines)
    strokes = [write_line(names[label], rng) for label in labels]
    dx = np.array([line[0] for line in strokes])
    dy = np.array([line[1] for line in strokes])
    print(f"vertical strokes: {int(((dx == 0) & (dy != 0)).sum())}, resting pen: {int(((dx == 0) & (dy == 0)).sum())}")
    return movement_features(dx, dy).astype("float32"), labels.astype("int32")


def scribe_network():
    moves = keras.Input((MOVES, 4))
    x = layers.Conv1D(24, 3, activation="relu")(moves)
    x = layers.Conv1D(24, 3, activation="relu")(x)
    average = layers.GlobalAveragePooling1D()(x)
    peak = layers.GlobalMaxPooling1D()(x)
    x = layers.Concatenate()([average, peak])
    x = layers.Dense(24, activation="relu")(x)
    return keras.Model(moves, layers.Dense(len(HANDS), activation="softmax")(x))


if __name__ == "__main__":
    keras.utils.set_random_seed(17)
    features, labels = archive(700, seed=17)
    network = scribe_network()
    network.compile(
        optimizer=keras.optimizers.Adam(4e-3),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    network.fit(features, labels, batch_size=32, epochs=10, validation_split=0.15, verbose=2)
