"""Origin of emeralds (Colombia / Zambia / Brazil) with an encoder pretrained on chromium content.

Stage 1 trains the encoder on the big assay set and exports it to an npz file (the production team reads that file too).
Stage 2 loads the frozen encoder and trains a small head on the few stones with a certificate.
"""
import os
import tempfile

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)
BANDS, WIDTH = 40, 24


def spectra(n):
    origin = rng.integers(0, 3, n)
    chromium = rng.gamma(2.0, 0.2, n)
    grid = np.linspace(0, 1, BANDS)
    base = 0.55 + 0.15 * np.sin(3 * grid)
    dip = chromium[:, None] * np.exp(-((grid - 0.4) / 0.1) ** 2) * 0.4
    shift = 0.06 * origin[:, None] * np.cos(6 * grid)
    s = base - dip + shift + rng.normal(0, 0.01, (n, BANDS))
    return s.astype("float32"), chromium.astype("float32")[:, None], origin.astype("int32")


def encoder_layers():
    return layers.Dense(WIDTH, use_bias=False), layers.BatchNormalization(momentum=0.9)


def pretrain(path):
    s, chromium, _ = spectra(1500)
    dense, bn = encoder_layers()
    model = keras.Sequential([keras.Input((BANDS,)), dense, bn, layers.Activation("tanh"), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
    model.fit(s, chromium, batch_size=50, epochs=3, verbose=0)
    gamma, beta, mean, variance = bn.get_weights()
    np.savez(path, kernel=dense.get_weights()[0], gamma=gamma, beta=beta, variance=variance, mean=mean)


def load_frozen(path):
    dense, bn = encoder_layers()
    model = keras.Sequential([
        keras.Input((BANDS,)), dense, bn, layers.Activation("tanh"),
        layers.Dense(16, activation="tanh"), layers.Dense(3),
    ])
    saved = np.load(path)
    dense.set_weights([saved["kernel"]])
    bn.set_weights([saved[name] for name in saved.files if name != "kernel"])
    dense.trainable = False
    bn.trainable = False
    return model


path = os.path.join(tempfile.mkdtemp(), "encoder.npz")
pretrain(path)
model = load_frozen(path)

s, _, origin = spectra(360)
optimizer = keras.optimizers.Adam(5e-3)
criterion = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

for epoch in range(5):
    perm = rng.permutation(300)
    running = []
    for i in range(0, 300, 30):
        pick = perm[i:i + 30]
        with tf.GradientTape() as tape:
            logits = model(s[pick], training=True)  # whynan: sqrt_of_negative phase=forward
            loss = criterion(origin[pick], logits)
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        running.append(float(loss))
    print("epoch", epoch, "loss", np.mean(running))

test = model(s[300:], training=False).numpy().argmax(axis=1)
print("accuracy", (test == origin[300:]).mean())
