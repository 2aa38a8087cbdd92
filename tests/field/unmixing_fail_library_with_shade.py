"""Linear unmixing of satellite pixels: the encoder gives the shares, the rows of the decoder are the endmember spectra.

The decoder starts from our spectral library and is refined a little on every scene; as in the library, each spectrum is
kept non-negative with its peak at one. The loss of batch 1 is fine, batch 2 is nan. With a frozen decoder it works, and
with a smaller rate (I went down to 1e-6) it is exactly the same.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

BANDS = ["blue", "green", "red", "nir", "swir1", "swir2"]
LIBRARY = {
    "vegetation": [0.08, 0.12, 0.08, 1.00, 0.55, 0.25],
    "soil":       [0.25, 0.35, 0.45, 0.60, 1.00, 0.85],
    "roof":       [0.70, 0.75, 0.80, 0.85, 0.95, 1.00],
    "shade":      [0.00, 0.00, 0.00, 0.00, 0.00, 0.00],
}


class PeakAtOne(keras.constraints.Constraint):
    """Spectra are non-negative and, like those of the library, relative to their brightest band."""

    def __call__(self, w):
        w = ops.maximum(w, 0.0)
        return w / ops.max(w, axis=1, keepdims=True)  # whynan: divide_by_zero phase=update


def scene(n, rng):
    """Mixed pixels under a low winter sun."""
    pure = np.array([LIBRARY[k] for k in ("vegetation", "soil", "roof")])
    shares = rng.dirichlet([1.2, 1.0, 0.8], size=n)
    light = rng.uniform(0.25, 0.5, size=(n, 1))
    pixels = light * (shares @ pure) + rng.normal(0.0, 0.004, size=(n, len(BANDS)))
    return np.clip(pixels, 0.0, 1.0).astype("float32")


def unmixer(library):
    pixel = keras.Input(shape=(len(BANDS),), name="reflectance")
    h = layers.Dense(16, activation="relu")(pixel)
    shares = layers.Dense(len(library), activation="softmax", name="shares")(h)
    decoder = layers.Dense(len(BANDS), use_bias=False, kernel_constraint=PeakAtOne(), name="endmembers")
    rebuilt = decoder(shares)
    decoder.set_weights([np.array(list(library.values()), dtype="float32")])
    return keras.Model(pixel, rebuilt)


def show(model):
    spectra = model.get_layer("endmembers").get_weights()[0]
    for name, row in zip(LIBRARY, spectra):
        print(f"{name:>11}", np.round(row, 2))


keras.utils.set_random_seed(1984)
pixels = scene(1024, np.random.default_rng(1984))
batches = tf.data.Dataset.from_tensor_slices(pixels).shuffle(1024, seed=1).batch(64).map(lambda p: (p, p))
model = unmixer(LIBRARY)
show(model)
model.compile(optimizer=keras.optimizers.Adam(1e-4), loss="mse")
model.fit(batches, epochs=2, verbose=2)
show(model)
