# Crack / no crack on small pavement patches. First clean patches, then the same net on rainy-day patches.
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)


def patches(n, wet=False):
    img = rng.normal(0.55, 0.06, (n, 16, 16, 1))
    label = rng.integers(0, 2, n)
    for k in np.flatnonzero(label):
        row, slope = rng.integers(3, 13), rng.uniform(-0.4, 0.4)
        for col in range(16):
            r = int(np.clip(row + slope * col, 0, 15))
            img[k, r, col, 0] -= 0.3
    if wet:
        img *= rng.uniform(0.6, 0.9, (n, 1, 1, 1))
        img += rng.normal(0, 0.04, img.shape)
    return np.clip(img, 0, 1).astype("float32"), label.astype("float32")


class PolyDecay(keras.callbacks.Callback):
    """lr = lr0 * (1 - step / total) ** power, as in the DeepLab paper"""

    def __init__(self, lr0, total_steps, power=0.9):
        super().__init__()
        self.lr0 = lr0
        self.total_steps = total_steps
        self.power = power
        self.step = 0

    def on_train_batch_begin(self, batch, logs=None):
        remaining = 1.0 - self.step / self.total_steps
        lr = self.lr0 * np.power(remaining, self.power)  # whynan: lr_schedule_invalid phase=update also=pow_domain
        self.model.optimizer.learning_rate = float(lr)
        self.step += 1


def build():
    inp = keras.Input((16, 16, 1))
    x = layers.Conv2D(12, 3, padding="same", activation="relu")(inp)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(24, 3, padding="same", activation="relu")(x)
    x = layers.GlobalMaxPooling2D()(x)
    x = layers.Dense(24, activation="relu")(x)
    return keras.Model(inp, layers.Dense(1, activation="sigmoid")(x))


BATCH = 32
EPOCHS = 6

x_dry, y_dry = patches(640)
x_wet, y_wet = patches(640, wet=True)
x_val, y_val = patches(160, wet=True)

steps = EPOCHS * (len(x_dry) // BATCH)
callbacks = [PolyDecay(2e-3, steps)]

model = build()
model.compile(keras.optimizers.Adam(2e-3), loss="binary_crossentropy", metrics=["accuracy"])

print("--- dry patches")
model.fit(x_dry, y_dry, batch_size=BATCH, epochs=EPOCHS, callbacks=callbacks,
          validation_data=(x_val, y_val), verbose=2)

print("--- wet patches")
model.fit(x_wet, y_wet, batch_size=BATCH, epochs=EPOCHS, callbacks=callbacks,
          validation_data=(x_val, y_val), verbose=2)

print("wet accuracy:", model.evaluate(x_val, y_val, verbose=0)[1])
