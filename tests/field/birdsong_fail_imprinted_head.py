"""Extend a bird-song classifier by new species: "weight imprinting" (Qi et al. 2018).

The column of a new species in the cosine head is the mean embedding of its few support clips.
"""
import warnings

import keras
import numpy as np
from keras import layers, ops

warnings.filterwarnings("ignore")
keras.utils.set_random_seed(19)

OLD = ["blackbird", "robin", "wren", "chaffinch", "great_tit"]
NEW = ["serin", "siskin", "redpoll", "crossbill"]


class CosineHead(layers.Layer):
    def __init__(self, species, scale=12.0, **kwargs):
        super().__init__(**kwargs)
        self.species, self.scale = species, scale

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.species), initializer="glorot_uniform", name="kernel")

    def call(self, embedding):
        return self.scale * ops.matmul(ops.normalize(embedding, axis=-1), ops.normalize(self.kernel, axis=0))


def record(species, n, seed):
    """Mel-band energies per clip; every species has its own spectral template."""
    rng = np.random.default_rng(seed)
    templates = np.random.default_rng(0).normal(size=(len(OLD) + len(NEW), 32))
    ids = rng.integers(0, len(species), n)
    names = np.array(species)[ids]
    offset = [(OLD + NEW).index(name) for name in names]
    clips = templates[offset] + rng.normal(0, 0.7, size=(n, 32))
    duration = rng.uniform(2.0, 9.0, n)
    duration[names == "crossbill"] = rng.uniform(0.4, 0.9, (names == "crossbill").sum())  # flight calls are short
    return clips.astype("float32"), names, duration


def usable(clips, names, duration, shortest=1.0):
    keep = duration >= shortest
    return clips[keep], names[keep]


def build_backbone():
    mel = keras.Input((32,))
    h = layers.Dense(64, activation="swish")(mel)
    h = layers.LayerNormalization()(h)
    return keras.Model(mel, layers.Dense(24)(h), name="backbone")


def prototypes(backbone, clips, names, species):
    embedding = backbone.predict(clips, verbose=0)
    embedding /= np.linalg.norm(embedding, axis=1, keepdims=True)
    return np.stack([embedding[names == s].mean(axis=0) for s in species], axis=1)  # whynan: nan_in_initial_weights phase=forward|data also=empty_reduction


def classifier(backbone, species, kernel=None):
    head = CosineHead(len(species), name="head")
    model = keras.Sequential([keras.Input((32,)), backbone, head])
    if kernel is not None:
        head.kernel.assign(kernel)
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def encode(names, species):
    lookup = {s: k for k, s in enumerate(species)}
    return np.array([lookup[s] for s in names], "int32")


backbone = build_backbone()
clips, names = usable(*record(OLD, 1000, seed=1))
base = classifier(backbone, OLD)
base.fit(clips, encode(names, OLD), batch_size=50, epochs=4, verbose=2)

new_clips, new_names = usable(*record(NEW, 60, seed=2))
print("support clips:", len(new_clips))
old_kernel = base.get_layer("head").kernel.numpy()
kernel = np.concatenate([old_kernel, prototypes(backbone, new_clips, new_names, NEW)], axis=1)

extended = classifier(backbone, OLD + NEW, kernel)
all_clips, all_names = np.concatenate([clips, new_clips]), np.concatenate([names, new_names])
extended.fit(all_clips, encode(all_names, OLD + NEW), batch_size=50, epochs=3, verbose=2)
