"""Counts of herring schools per echo-sounder transect.

Before training the network answers 1.0000 for every transect, whatever I feed in, and in the
first step every gradient apart from two is exactly zero. Later the loss goes below zero and
keeps going down. I suspect a dead network and a broken loss.
"""
# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(23)


class GatedBlock(keras.layers.Layer):
    """Residual block that starts as the identity."""

    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.inner = keras.layers.Dense(width, activation="relu")
        self.outer = keras.layers.Dense(width)
        self.gate = self.add_weight(shape=(), initializer="zeros", name="gate")

    def call(self, h):
        return h + self.gate * self.outer(self.inner(h))


class SchoolCounter(keras.Model):
    def __init__(self, width=24, depth=3):
        super().__init__()
        self.stem = keras.layers.Dense(width, activation="tanh")
        self.blocks = [GatedBlock(width) for _ in range(depth)]
        self.head = keras.layers.Dense(
            1, kernel_initializer="zeros", bias_initializer="zeros", activation="exponential"
        )

    def call(self, transects):
        h = self.stem(transects)
        for block in self.blocks:
            h = block(h)
        return self.head(h)


def transects(n):
    rng = np.random.default_rng(23)
    depth_m = rng.uniform(20, 180, n)
    temperature = rng.uniform(4, 14, n)
    plankton = rng.uniform(0, 3, n)
    night = rng.integers(0, 2, n)
    log_rate = (
        1.6
        + 0.5 * (plankton - 1.5)
        - 0.12 * np.abs(temperature - 9)
        - 0.004 * (depth_m - 100)
        + 0.4 * night
    )
    schools = rng.poisson(np.exp(log_rate))
    x = np.stack(
        [(depth_m - 100) / 46, (temperature - 9) / 2.9, (plankton - 1.5) / 0.87, night - 0.5], axis=1
    )
    return x.astype("float32"), schools.astype("float32")[:, None]


x, y = transects(600)
model = SchoolCounter()
before = model.predict(x, verbose=0)
print(f"before: mean {before.mean():.4f}, spread {before.std():.4f}")

model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="poisson")
history = model.fit(x, y, batch_size=50, epochs=30, verbose=0)
for epoch in (0, 1, 2, 5, 10, 20, 29):
    print(f"epoch {epoch:2d}  loss {history.history['loss'][epoch]:+.3f}")

after = model.predict(x, verbose=0)
print(f"after:  mean {after.mean():.2f}, spread {after.std():.2f}, counted {y.mean():.2f}")
print("gates:", [round(float(keras.ops.convert_to_numpy(b.gate)), 3) for b in model.blocks])
