"""Coating thickness on a plating line.

Line A has years of data, line B was opened this spring.  An encoder is trained
on A, its weights go into an .npz, and a new head is trained for B on top of it.
"""
import os
import tempfile

import numpy as np
import keras
from keras import layers
from sklearn.preprocessing import MinMaxScaler

keras.utils.set_random_seed(404)
rng = np.random.default_rng(404)
N_FEATURES = 8


def plating_runs(n, efficiency):
    current = rng.uniform(1.0, 5.0, n)
    minutes = rng.uniform(5, 60, n)
    temp = rng.normal(55, 4, n)
    ph = rng.normal(4.2, 0.3, n)
    nickel = rng.normal(75, 6, n)
    boric = rng.normal(40, 4, n)
    anode_age = rng.uniform(0, 300, n)
    stirring = rng.uniform(0, 1, n)
    um = efficiency * 0.2 * current * minutes / 10 * (1 - 0.0008 * anode_age)
    um = um * (1 + 0.01 * (temp - 55) + 0.05 * (ph - 4.2)) + rng.normal(0, 0.1, n)
    X = np.column_stack([current, minutes, temp, ph, nickel, boric, anode_age, stirring])
    return X, um.astype("float32")


def make_encoder():
    inp = keras.Input((N_FEATURES,))
    x = inp
    for k, units in enumerate((32, 16)):
        x = layers.Dense(units, use_bias=False, name=f"dense{k}")(x)
        x = layers.BatchNormalization(name=f"bn{k}")(x)
        x = layers.Activation("swish", name=f"act{k}")(x)
    return keras.Model(inp, x, name="encoder")


def export_weights(encoder, path):
    store = {}
    for layer in encoder.layers:
        if layer.name.startswith("dense"):
            store[layer.name] = layer.get_weights()[0]
        elif layer.name.startswith("bn"):
            store[layer.name] = np.stack(layer.get_weights())
    np.savez(path, **store)


def import_weights(encoder, path):
    with np.load(path) as store:
        for name in store.files:
            layer = encoder.get_layer(name)
            if name.startswith("bn"):
                gamma, beta, var, mean = store[name]
                layer.set_weights([gamma, beta, mean, var])
            else:
                layer.set_weights([store[name]])


def with_head(encoder, frozen):
    encoder.trainable = not frozen
    inp = keras.Input((N_FEATURES,))
    features = encoder(inp, training=False) if frozen else encoder(inp)
    out = layers.Dense(1)(layers.Dense(16, activation="swish")(features))
    model = keras.Model(inp, out)
    model.compile(keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
    return model


Xa, ya = plating_runs(4000, efficiency=0.95)
scaler = MinMaxScaler().fit(Xa)
encoder_a = make_encoder()
with_head(encoder_a, frozen=False).fit(scaler.transform(Xa), ya, epochs=6, batch_size=64, verbose=2)

path = os.path.join(tempfile.mkdtemp(), "encoder_line_a.npz")
export_weights(encoder_a, path)

Xb, yb = plating_runs(500, efficiency=0.88)
encoder_b = make_encoder()
import_weights(encoder_b, path)
model_b = with_head(encoder_b, frozen=True)
model_b.fit(scaler.transform(Xb), yb, validation_split=0.2, epochs=10, batch_size=32, verbose=2)  # whynan: sqrt_of_negative phase=forward
print("line B:", model_b.evaluate(scaler.transform(Xb), yb, verbose=0))
