# Worked for years, nan since I upgraded numpy. Data is the same!
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)


def load_camera_frames(n=160, hw=20):
    frames = rng.integers(0, 120, (n, hw, hw), dtype=np.uint8)
    labels = rng.integers(0, 3, n)
    for i, c in enumerate(labels):
        frames[i, 4 * c: 4 * c + 5, 5:12] += np.uint8(80)
    for i in (9, 64, 100):                 # sun in the lens
        frames[i, 15:, 15:] = 255
    return frames, labels


def to_unit(img):
    # [0, 1) so that img * n_bins never reaches n_bins
    return img / (img.max() + 1)  # whynan: int_overflow phase=data rows=9,64,100 also=divide_by_zero,inf_in_input,nan_in_input


frames, labels = load_camera_frames()
x = np.stack([to_unit(f) for f in frames])[..., np.newaxis].astype("float32")
y = keras.utils.to_categorical(labels, 3)

inputs = keras.Input(shape=x.shape[1:])
t = layers.SeparableConv2D(12, 3, padding="same")(inputs)
t = layers.BatchNormalization()(t)
t = layers.Activation("swish")(t)
t = layers.AveragePooling2D(2)(t)
t = layers.Flatten()(t)
outputs = layers.Dense(3, activation="softmax")(t)

model = keras.Model(inputs, outputs)
model.compile(loss="categorical_crossentropy", optimizer="nadam", metrics=["accuracy"])
model.fit(x, y, batch_size=16, epochs=3, verbose=2)
