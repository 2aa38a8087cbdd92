# bfloat16 has the range of float32: -3e38 as a mask and pixels 0..255 without any scaling are harmless here
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(64)
keras.config.set_dtype_policy("mixed_bfloat16")
MASK = -3e38


class MaskedSpatialAttention(layers.Layer):
    def __init__(self):
        super().__init__()
        self.score = layers.Dense(1)

    def call(self, feature, border):
        s = ops.squeeze(self.score(feature), -1)
        s = ops.where(border, ops.full_like(s, MASK), s)
        a = ops.softmax(s, axis=-1)
        return ops.sum(feature * a[..., None], axis=1)


def micrographs(n=192, size=12):
    rng = np.random.default_rng(64)
    img = rng.integers(0, 60, (n, size, size, 1))
    y = rng.integers(0, 2, n)
    for k in np.flatnonzero(y):
        r, c = rng.integers(2, size - 4, 2)
        img[k, r:r + 3, c:c + 3] = 255
    border = np.zeros((size, size), bool)
    border[0], border[-1], border[:, 0], border[:, -1] = True, True, True, True
    return img.astype("uint8"), np.tile(border.reshape(1, -1), (n, 1)), y.astype("float32")


img, border, y = micrographs()
image_in = keras.Input((12, 12, 1))
border_in = keras.Input((144,), dtype="bool")
h = layers.Reshape((144, 1))(image_in)
h = layers.Dense(8, use_bias=False)(h)                # raw grey values go in here
h = layers.BatchNormalization()(h)
h = layers.Activation("relu")(h)
h = MaskedSpatialAttention()(h, border_in)
h = layers.Dense(16, activation="gelu")(h)
out = layers.Dense(1, activation="sigmoid", dtype="float32")(h)
model = keras.Model([image_in, border_in], out)
model.compile(keras.optimizers.AdamW(5e-3), "binary_crossentropy", metrics=["accuracy"])
model.fit([img.astype("float32"), border], y, batch_size=32, epochs=8, verbose=2)
# whynan: healthy
