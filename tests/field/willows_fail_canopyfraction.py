"""Willow scrub or not, from small multispectral tiles, DeepLab style training recipe."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(314)

BATCH = 16
EPOCHS = 12
BASE_LR = 2e-3


class PolyDecay(keras.optimizers.schedules.LearningRateSchedule):
    """lr = base * (1 - step / total) ** power"""

    def __init__(self, base_lr, total_steps, power=0.9):
        self.base_lr = base_lr
        self.total_steps = total_steps
        self.power = power

    def __call__(self, step):
        progress = ops.cast(step, "float32") / float(self.total_steps)
        return self.base_lr * (1.0 - progress) ** self.power  # whynan: lr_schedule_invalid phase=update also=pow_domain

    def get_config(self):
        return {
            "base_lr": self.base_lr,
            "total_steps": self.total_steps,
            "power": self.power,
        }


def synth_tiles(n, size=24, seed=0):
    rng = np.random.default_rng(seed)
    yy, xx = np.mgrid[0:size, 0:size] / (size - 1.0)
    tiles = np.zeros((n, size, size, 4), "float32")
    masks = np.zeros((n, size, size, 1), "float32")
    for i in range(n):
        # a brook cuts through the tile, willows grow along its banks
        a, b = rng.uniform(-0.6, 0.6), rng.uniform(0.2, 0.8)
        dist = np.abs(yy - (a * (xx - 0.5) + b + 0.05 * np.sin(9 * xx + rng.uniform(0, 6))))
        water = dist < 0.05
        trees = (dist >= 0.05) & (dist < rng.uniform(0.15, 0.35))
        red = np.where(water, 0.06, np.where(trees, 0.05, 0.22))
        green = np.where(water, 0.08, np.where(trees, 0.11, 0.20))
        nir = np.where(water, 0.03, np.where(trees, 0.45, 0.28))
        swir = np.where(water, 0.01, np.where(trees, 0.14, 0.33))
        tile = np.stack([red, green, nir, swir], -1)
        tiles[i] = tile + rng.normal(0, 0.05, tile.shape)
        masks[i, ..., 0] = trees
    return tiles, masks


def conv_block(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x)


def build():
    inp = keras.Input((24, 24, 4))
    a = conv_block(inp, 8)
    b = conv_block(layers.MaxPooling2D(2)(a), 16)
    up = layers.UpSampling2D(2)(b)
    x = conv_block(layers.Concatenate()([a, up]), 8)
    out = layers.Conv2D(1, 1, activation="sigmoid")(x)
    return keras.Model(inp, out)


tiles, masks = synth_tiles(300)
x_train, y_train = tiles[:250], masks[:250]
x_val, y_val = tiles[250:], masks[250:]

steps_per_epoch = len(x_train) // BATCH
schedule = PolyDecay(BASE_LR, total_steps=EPOCHS * steps_per_epoch)

model = build()
model.compile(
    optimizer=keras.optimizers.Adam(schedule),
    loss="binary_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(
    x_train,
    y_train,
    batch_size=BATCH,
    epochs=EPOCHS,
    validation_data=(x_val, y_val),
    verbose=2,
)

share = model.predict(x_val, verbose=0)[..., 0].mean(axis=(1, 2))
print("willow share, first tiles:", np.round(share[:5], 3))
print("true share:               ", np.round(y_val[:5, ..., 0].mean(axis=(1, 2)), 3))
