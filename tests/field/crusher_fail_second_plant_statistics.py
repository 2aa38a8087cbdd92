"""Liner wear of stone crushers from vibration windows. The model comes from the first plant. For the second plant I
let the batch normalisation see all its recordings (no labels needed), freeze it, and fine-tune on the few windows that
the fitters have labelled. Plant one trains well; the fine-tuning is nan from its first step, with clean labels and
clean features: I checked those eighty windows twice."""
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(77)
AXES, SAMPLES = 3, 400


@dataclass
class Plant:
    name: str
    windows: np.ndarray
    worn: np.ndarray
    labelled: np.ndarray


def record(name, n, gain, hum, stops, n_labelled, seed):
    rng = np.random.default_rng(seed)
    worn = rng.integers(0, 2, n)
    t = np.arange(SAMPLES) / SAMPLES
    waves = gain * rng.normal(1.0, 0.1, (n, AXES, 1)) * np.sin(2 * np.pi * hum * t + rng.uniform(0, 6, (n, AXES, 1)))
    noise = rng.normal(0, 0.4 * gain, (n, AXES, SAMPLES))
    knocks = (rng.random((n, AXES, SAMPLES)) < 0.01) * rng.normal(0, 3.0 * gain, (n, AXES, SAMPLES))
    windows = waves + noise + knocks * worn[:, None, None]
    running = np.ones(n, bool)
    if stops:
        # the belt stands still at shift change, the recorder then writes its zero line
        running[rng.choice(n, stops, replace=False)] = False
        windows[~running] = 0.0
    labelled = rng.permutation(np.flatnonzero(running))[:n_labelled]
    return Plant(name, windows, worn, labelled)


def features(windows):
    centred = windows - windows.mean(axis=-1, keepdims=True)
    rms = np.sqrt(np.mean(centred ** 2, axis=-1))
    peak = np.abs(centred).max(axis=-1)
    crest = peak / rms  # whynan: divide_by_zero phase=data also=nan_in_input,zero_variance_normalisation
    crossings = np.mean(centred[..., 1:] * centred[..., :-1] < 0, axis=-1)
    return np.concatenate([rms, peak, crest, crossings], axis=1).astype("float32")


def wear_model(width):
    return keras.Sequential([
        keras.Input((width,)),
        layers.BatchNormalization(momentum=0.9),
        layers.Dense(24, activation="silu"),
        layers.BatchNormalization(momentum=0.9),
        layers.Dense(12, activation="silu"),
        layers.Dense(1),
    ])


def train(model, x, worn, rate, epochs):
    model.compile(optimizer=keras.optimizers.Adam(rate),
                  loss=keras.losses.BinaryCrossentropy(from_logits=True),
                  metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
    history = model.fit(x, worn.astype("float32"), batch_size=20, epochs=epochs, verbose=0)
    return [round(v, 4) for v in history.history["loss"]]


def see_new_plant(model, x, batch=50):
    """Only the moving averages change here, there is no gradient."""
    for _ in range(3):
        for start in range(0, len(x), batch):
            model(x[start:start + batch], training=True)


def freeze_normalisation(model):
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False


if __name__ == "__main__":
    north = record("north", 400, 1.0, 24, stops=0, n_labelled=400, seed=1)
    south = record("south", 300, 2.3, 31, stops=7, n_labelled=80, seed=2)

    x_north = features(north.windows[north.labelled])
    model = wear_model(x_north.shape[1])
    print("north:", train(model, x_north, north.worn[north.labelled], 3e-3, 6))

    see_new_plant(model, features(south.windows))
    freeze_normalisation(model)
    x_south = features(south.windows[south.labelled])
    assert np.isfinite(x_south).all()
    print("south:", train(model, x_south, south.worn[south.labelled], 5e-4, 4))
