"""Radar gestures: every frame of raw samples is projected on learnable I/Q filters,
the magnitudes go through a bidirectional GRU."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(28)

FRAMES, SAMPLES, GESTURES = 14, 32, 4


def simulate(n=256, seed=28):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, GESTURES, n)
    grid = np.arange(SAMPLES)
    clips = []
    for label in y:
        freq = 0.05 + 0.03 * label + 0.02 * np.sin(np.linspace(0, np.pi, FRAMES))[:, None]
        tone = np.cos(2 * np.pi * freq * grid + rng.uniform(0, 2 * np.pi, (FRAMES, 1)))
        clips.append(tone + rng.normal(0, 0.2, (FRAMES, SAMPLES)))
    return clips, y.astype("int32")


def cut_short(clips, lengths):
    """some people stopped early"""
    return [clip[:lengths.get(i, FRAMES)] for i, clip in enumerate(clips)]


def pad(clips):
    out = np.zeros((len(clips), FRAMES, SAMPLES), "float32")
    for i, clip in enumerate(clips):
        out[i, :len(clip)] = clip
    return out


class IQFilters(layers.Layer):
    """|<frame, filter>| with a complex filter, stored as two real kernels"""

    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters

    def build(self, input_shape):
        shape = (input_shape[-1], self.filters)
        self.real = self.add_weight(shape=shape, initializer="glorot_normal", name="real")
        self.imag = self.add_weight(shape=shape, initializer="glorot_normal", name="imag")

    def power(self, frame):
        re, im = ops.matmul(frame, self.real), ops.matmul(frame, self.imag)
        return re * re + im * im

    def call(self, frame):
        # no bias on purpose, an empty frame has no energy
        return ops.sqrt(self.power(frame))  # whynan: sqrt_grad_at_zero phase=gradient rows=101,115,120 also=norm_grad_at_zero

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.filters)


def build_model(config):
    inputs = keras.Input((FRAMES, SAMPLES))
    z = layers.TimeDistributed(IQFilters(config["filters"]))(inputs)
    for units in config["gru"][:-1]:
        z = layers.Bidirectional(layers.GRU(units, return_sequences=True))(z)
    z = layers.Bidirectional(layers.GRU(config["gru"][-1]))(z)
    z = layers.Dropout(config["dropout"])(z)
    return keras.Model(inputs, layers.Dense(GESTURES, activation="softmax")(z))


class Pace(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        print(f"  after batch {batch}: {logs['loss']:.4f}")


if __name__ == "__main__":
    config = {"filters": 10, "gru": [8], "dropout": 0.1, "rate": 3e-3}
    clips, y = simulate()
    x = pad(cut_short(clips, {101: 9, 115: 11, 120: 6}))
    model = build_model(config)
    model.compile(
        optimizer=keras.optimizers.Adam(config["rate"]),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=2,
    )
    # recordings are already in random order
    model.fit(x, y, batch_size=32, epochs=3, shuffle=False, verbose=0, callbacks=[Pace()])
