"""Candling of hens' eggs: fresh, aged, cracked or with a blood spot, from the light that passes through the shell.

After each epoch I look for the temperature that calibrates the classifier on the validation eggs. The table of the
calibration has nan in it after every single epoch and the mean over the table is nan. Is my training broken?
"""
# whynan: side_nonfinite
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(12)
KINDS = ["fresh", "aged", "cracked", "blood spot"]


def candled_eggs(n, bands=20, seed=12):
    rng = np.random.default_rng(seed)
    kind = rng.choice(4, n, p=[0.4, 0.3, 0.2, 0.1])
    axis = np.linspace(0, 1, bands)
    shell = rng.normal(1.0, 0.15, (n, 1)) * np.exp(-((axis - 0.65) / 0.3) ** 2)
    light = shell + 0.25 * (kind == 1)[:, None] * axis + 0.3 * (kind == 2)[:, None] * (1 - axis)
    light = light - 0.45 * (kind == 3)[:, None] * np.exp(-((axis - 0.55) / 0.07) ** 2)
    light = light + rng.normal(0, 0.12, light.shape)
    return light.astype("float32"), kind.astype("int32")


class TemperatureSearch(keras.callbacks.Callback):
    """Negative log likelihood of the validation eggs on a grid of temperatures."""

    def __init__(self, light, kind, grid):
        super().__init__()
        self.light, self.kind, self.grid = light, kind, grid
        self.table = []

    def on_epoch_end(self, epoch, logs=None):
        logits = self.model(self.light, training=False)
        row = []
        for temperature in self.grid:
            probability = tf.nn.softmax(logits / temperature)
            right = tf.gather(probability, self.kind, axis=1, batch_dims=1)
            row.append(float(-tf.reduce_mean(tf.math.log(right))))
        self.table.append(row)
        best = self.grid[int(np.nanargmin(row))]
        print(f"  temperature {best:.1f}: {np.nanmin(row):.4f}   mean of the table {np.mean(row):.4f}   start {row[:3]}")


light, kind = candled_eggs(1500)
centre, width = light[:1200].mean(), light[:1200].std()
light = (light - centre) / width

model = keras.Sequential(
    [
        keras.Input((20,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dropout(0.1),
        keras.layers.Dense(len(KINDS)),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
search = TemperatureSearch(light[1200:], kind[1200:], np.linspace(0.0, 4.0, 41).astype("float32"))
model.fit(
    light[:1200],
    kind[:1200],
    validation_data=(light[1200:], kind[1200:]),
    batch_size=50,
    epochs=6,
    verbose=2,
    callbacks=[search],
)
