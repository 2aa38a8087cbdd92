"""Hours until the next unplanned stop of a milling machine, from the controller's log of the day.

One text per machine and day, TextVectorization for the words, a wide part next to a small deep part as in the
paper. The target is standardised, the rate is the ordinary 0.01, and still the loss is `inf` by the second epoch
and `nan` afterwards. A smaller batch did not change it.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(31)

CONFIG = {
    "days": 120,
    "train_days": 96,
    "batch_size": 16,
    "epochs": 6,
    "learning_rate": 0.01,
}

ROUTINE = [
    "axis x reference ok",
    "axis y reference ok",
    "axis z reference ok",
    "spindle speed reached",
    "tool change done",
    "coolant pump on",
    "program line executed",
    "door closed",
    "workpiece clamped",
]
WARNINGS = [
    "spindle vibration above limit",
    "coolant level low",
    "axis z following error",
    "tool wear warning",
    "hydraulic pressure dropping",
]


def write_day(rng, wear):
    """The log of one shift as a single text."""
    lines = list(rng.choice(ROUTINE, size=rng.integers(260, 420)))
    lines += list(rng.choice(WARNINGS, size=rng.poisson(4 + 60 * wear)))
    rng.shuffle(lines)
    return "\n".join(lines)


def make_history(days):
    rng = np.random.default_rng(5)
    wear = np.tile(np.linspace(0.0, 1.0, 15), days // 15)
    texts = [write_day(rng, w) for w in wear]
    hours = 120.0 * (1.0 - wear) + rng.normal(0, 6, len(wear))
    return texts, hours.astype("float32")


def vectorise(texts, train_days):
    layer = keras.layers.TextVectorization(output_mode="count")
    layer.adapt(tf.data.Dataset.from_tensor_slices(texts[:train_days]).batch(16))
    tokens = layer(tf.constant(texts))
    return np.asarray(tokens).astype("float32"), layer.vocabulary_size()


def wide_and_deep(vocabulary_size):
    words = keras.Input((vocabulary_size,), name="words")
    wide = keras.layers.Dense(1, name="wide")(words)
    deep = keras.layers.Dense(16, activation="tanh")(words)
    deep = keras.layers.Dense(8, activation="tanh")(deep)
    deep = keras.layers.Dense(1, name="deep")(deep)
    return keras.Model(words, keras.layers.add([wide, deep]))


def main():
    texts, hours = make_history(CONFIG["days"])
    cut = CONFIG["train_days"]
    X, size = vectorise(texts, cut)
    y = (hours - hours[:cut].mean()) / hours[:cut].std()

    model = wide_and_deep(size)
    model.compile(optimizer=keras.optimizers.SGD(CONFIG["learning_rate"]), loss="mse")
    model.fit(X[:cut], y[:cut], batch_size=CONFIG["batch_size"], epochs=CONFIG["epochs"], verbose=2)  # whynan: unscaled_input phase=loss|gradient|update also=exploding_gradient,learning_rate_too_high
    print("hold-out", model.evaluate(X[cut:], y[cut:], verbose=0))


if __name__ == "__main__":
    main()
