# whynan: healthy
# Curriculum: the network sums ever longer sequences. Every promotion to the next stage makes the loss jump by 5x-20x
# (longer sums have larger targets), then it comes down again. Not a divergence.
import dataclasses

import keras
import numpy as np


@dataclasses.dataclass
class Stage:
    length: int
    epochs: int
    high: float = 1.0


CURRICULUM = [Stage(3, 4), Stage(8, 4), Stage(16, 4, 1.5), Stage(30, 5, 2.0)]


class SumSequences(keras.utils.PyDataset):
    """Endless supply of (values, gate) sequences; the target is the sum of the values with an open gate."""

    def __init__(self, stage, batches=12, batch_size=32, seed=0, **kw):
        super().__init__(**kw)
        self.stage, self.batches, self.batch_size, self.seed = stage, batches, batch_size, seed

    def __len__(self):
        return self.batches

    def __getitem__(self, i):
        rng = np.random.default_rng((self.seed, self.stage.length, i))
        shape = (self.batch_size, self.stage.length)
        values = rng.uniform(0.0, self.stage.high, size=shape)
        gate = rng.random(shape) < 0.5
        x = np.stack([values, gate], axis=-1).astype("float32")
        y = (values * gate).sum(1, keepdims=True).astype("float32")
        return x, y


class Promotion(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.trace = []

    def on_epoch_end(self, epoch, logs=None):
        self.trace.append(logs["loss"])


def build():
    inp = keras.Input((None, 2))
    h = keras.layers.GRU(24, return_sequences=True)(inp)
    h = keras.layers.Dense(16, activation="relu")(h)
    step = keras.layers.Dense(1)(h)
    out = keras.layers.Lambda(lambda t: keras.ops.sum(t, axis=1), output_shape=(1,))(step)
    return keras.Model(inp, out)


def main():
    keras.utils.set_random_seed(9)
    model = build()
    model.compile(optimizer=keras.optimizers.Adam(3e-3, clipnorm=1.0), loss="mse")
    watch = Promotion()
    for n, stage in enumerate(CURRICULUM):
        before = watch.trace[-1] if watch.trace else float("inf")
        model.fit(SumSequences(stage, seed=n), epochs=stage.epochs, verbose=0, callbacks=[watch])
        first = watch.trace[-stage.epochs]
        print(f"stage {n} length {stage.length:2d}: loss {before:.4f} -> {first:.4f} -> {watch.trace[-1]:.4f}"
              f"  (jump x{first / before:.1f})")


if __name__ == "__main__":
    main()
