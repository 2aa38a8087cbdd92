"""Shade classifier for swatch photographs of the four-channel camera (R, G, B, UV fluorescence)."""
import numpy as np
import keras

keras.utils.set_random_seed(41)
rng = np.random.default_rng(41)

SHADES = np.array([
    [180, 30, 45],
    [205, 90, 110],
    [120, 20, 60],
    [190, 110, 80],
    [230, 60, 140],
])
SIZE = 24
DARK_LEVEL = 64


def photograph(shade):
    base = SHADES[shade] + rng.normal(0, 6, 3)
    light = 1.0 + 0.15 * rng.standard_normal()
    rgb = base * light + rng.normal(0, 12, (SIZE, SIZE, 3))
    # UV sensor: raw counts, dark current taken off
    uv = rng.poisson(4.0, (SIZE, SIZE, 1)) - DARK_LEVEL
    return np.clip(np.concatenate([rgb, uv], axis=-1), 0, 255)


labels = rng.integers(0, len(SHADES), 360)
images = np.stack([photograph(s) for s in labels]).astype("uint8")
print(images.shape, images.dtype)

inputs = keras.Input((SIZE, SIZE, 4), dtype="uint8")
x = keras.layers.Rescaling(1.0 / images.max(axis=(0, 1, 2)))(inputs)  # whynan: divide_by_zero phase=data|forward also=zero_variance_normalisation
x = keras.layers.Conv2D(8, 3, strides=2, activation="relu")(x)
x = keras.layers.Conv2D(16, 3, strides=2, activation="relu")(x)
x = keras.layers.GlobalAveragePooling2D()(x)
x = keras.layers.Dropout(0.1)(x)
outputs = keras.layers.Dense(len(SHADES), activation="softmax")(x)

model = keras.Model(inputs, outputs, name="swatch_net")
model.compile(
    optimizer=keras.optimizers.RMSprop(1e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(images, labels, batch_size=30, epochs=4, validation_split=1 / 6, verbose=2)
print("final accuracy", history.history["accuracy"][-1])
