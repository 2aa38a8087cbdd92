"""Fine tuning a mel encoder that a colleague exported to .npz after a long run. From scratch it trains, with his weights
loss is nan from the first batch (even with lr=1e-8)."""
import os
import tempfile
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(4)
MELS = 40


def build_encoder():
    return keras.Sequential([
        keras.Input((MELS,)),
        layers.Dense(48, activation="tanh", name="enc1"),
        layers.Dense(24, activation="tanh", name="enc2"),
    ], name="encoder")


def colleagues_export(path):
    # stands in for the file that I got
    rng = np.random.default_rng(12)
    w = {
        "enc1/kernel": rng.normal(scale=0.15, size=(MELS, 48)).astype("float32"),
        "enc1/bias": np.zeros(48, "float32"),
        "enc2/kernel": rng.normal(scale=0.2, size=(48, 24)).astype("float32"),
        "enc2/bias": np.zeros(24, "float32"),
    }
    bits = w["enc2/kernel"].view(np.uint32)
    bits[5, 7] = 0x7FC00000
    np.savez(path, **w)


def load_encoder(encoder, path):
    store = np.load(path)
    for layer in encoder.layers:
        layer.set_weights([store[f"{layer.name}/kernel"], store[f"{layer.name}/bias"]])  # whynan: nan_in_initial_weights phase=forward|data
    return encoder


path = os.path.join(tempfile.mkdtemp(), "encoder_epoch180.npz")
colleagues_export(path)

rng = np.random.default_rng(1)
x = rng.normal(size=(320, MELS)).astype("float32")
y = (x[:, :4].sum(1) > 0).astype("float32")

encoder = load_encoder(build_encoder(), path)
inp = keras.Input((MELS,))
out = layers.Dense(1, activation="sigmoid")(encoder(inp))
model = keras.Model(inp, out)
model.compile(optimizer=keras.optimizers.Adam(1e-4), loss="binary_crossentropy")
model.fit(x, y, batch_size=32, epochs=2, verbose=2)
