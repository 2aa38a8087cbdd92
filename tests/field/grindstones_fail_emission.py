"""Condition of grinding wheels from acoustic emission (mixed precision so that it also runs on the shop floor box)."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(5)
keras.mixed_precision.set_global_policy("mixed_float16")

FRAMES, SAMPLES = 32, 32


def make_recordings(n, seed):
    """Window of 1024 samples in volts, cut into 32 frames. 0 = fresh, 1 = used, 2 = dull."""
    gen = np.random.default_rng(seed)
    condition = gen.integers(0, 3, n)
    level = np.array([0.9, 1.6, 2.6])[condition] * gen.uniform(0.85, 1.15, n)
    x = gen.normal(size=(n, FRAMES, SAMPLES)) * level[:, None, None]
    # dull wheels chatter: slow beat in amplitude
    beat = 1.0 + 0.35 * np.sin(np.arange(FRAMES)[None, :] * 0.7 + gen.uniform(0, 6, (n, 1)))
    x = np.where((condition == 2)[:, None, None], x * beat[:, :, None], x)
    return x.astype("float32"), condition


x_train, y_train = make_recordings(1024, 0)
x_test, y_test = make_recordings(256, 1)

# windows recorded while the diamond dresser touched the wheel, labelled dull by the operators
dressing = [90, 402, 688, 951]
x_train[dressing] = np.random.default_rng(2).normal(size=(4, FRAMES, SAMPLES)) * 10.5
y_train[dressing] = 2


class EmissionEnergy(layers.Layer):
    """log energy of the whole window."""

    def call(self, frames):
        energy = ops.sum(ops.square(frames), axis=(1, 2))  # whynan: float16_overflow phase=forward rows=90,402,688,951
        return ops.expand_dims(ops.log(energy + 1.0), axis=-1)


class BeatDepth(layers.Layer):
    """How far the loudest and the quietest frame are apart."""

    def call(self, frames):
        loud = ops.mean(ops.abs(frames), axis=2)
        return ops.expand_dims(ops.max(loud, axis=1) - ops.min(loud, axis=1), axis=-1)


def build():
    inp = keras.Input((FRAMES, SAMPLES))
    z = layers.Dense(16, activation="tanh")(inp)
    z = layers.Dense(16, activation="tanh")(z)
    z = layers.GlobalAveragePooling1D()(z)
    e = EmissionEnergy()(inp)
    b = BeatDepth()(inp)
    z = layers.Concatenate()([z, e, b])
    z = layers.Dense(32, activation="silu")(z)
    z = layers.Dense(3, dtype="float32")(z)
    return keras.Model(inp, z)


model = build()
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
history = model.fit(x_train, y_train, validation_data=(x_test, y_test), batch_size=32, epochs=4, verbose=2)
for k, v in history.history.items():
    print(k, ["%.3f" % a for a in v])
