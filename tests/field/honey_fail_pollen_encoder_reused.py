"""Origin of honey from pollen counts. First an autoencoder on two years of unlabelled counts (no
problem at all), then its encoder gets a small head and sees the labelled jars. The second stage
shows nan from its first epoch, although those jars went through our checked preparation module."""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(88)

PLANTS = ["rape", "clover", "lime", "heather", "chestnut", "acacia", "willow", "buckwheat", "dandelion"]
REGIONS = 4


def count_pollen(rng, region):
    concentration = np.array([
        [6.0, 2.0, 1.0, 0.6, 0.5, 0.8, 1.5, 0.5, 1.2],
        [1.0, 4.0, 2.5, 0.5, 0.5, 0.9, 0.9, 0.5, 2.0],
        [0.6, 1.0, 0.8, 5.0, 0.5, 0.5, 0.6, 1.5, 0.5],
        [0.6, 0.8, 1.5, 0.5, 5.0, 2.5, 0.5, 0.5, 0.6],
    ])[region]
    shares = np.stack([rng.dirichlet(c) for c in concentration])
    return np.stack([rng.multinomial(500, s) for s in shares]).astype("float32")


class LaboratoryPreparation:
    """The module that the laboratory uses for its own trees and clusterings."""

    def __init__(self, zero_replacement=0.5):
        self.zero_replacement = zero_replacement

    def __call__(self, counts):
        filled = np.where(counts == 0, self.zero_replacement, counts)
        closed = filled / filled.sum(axis=1, keepdims=True)
        logged = np.log(closed)
        return (logged - logged.mean(axis=1, keepdims=True)).astype("float32")


class CentredLogRatio(layers.Layer):
    def __init__(self, offset=0.5, **kwargs):
        super().__init__(**kwargs)
        self.offset = offset

    def call(self, counts):
        logged = ops.log(counts + self.offset)  # whynan: log_of_negative phase=forward
        return logged - ops.mean(logged, axis=-1, keepdims=True)


def make_encoder(size=5):
    counts = keras.Input((len(PLANTS),))
    h = CentredLogRatio(name="clr")(counts)
    h = layers.Dense(16, activation="tanh")(h)
    code = layers.Dense(size, activation="tanh", name="code")(h)
    return keras.Model(counts, code, name="encoder")


def pretrain(encoder, counts, shares):
    counts_in = keras.Input((len(PLANTS),))
    decoded = layers.Dense(16, activation="tanh")(encoder(counts_in))
    decoded = layers.Dense(len(PLANTS), activation="softmax")(decoded)
    autoencoder = keras.Model(counts_in, decoded)
    autoencoder.compile(optimizer=keras.optimizers.Adam(5e-3), loss="kl_divergence")
    autoencoder.fit(counts, shares, batch_size=64, epochs=5, verbose=2)


def finetune(encoder, jars, region):
    model = keras.Sequential([encoder, layers.Dropout(0.1), layers.Dense(REGIONS, activation="softmax")])
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model.fit(jars, region, batch_size=16, epochs=5, validation_split=0.2, verbose=2)


def main():
    rng = np.random.default_rng(14)
    unlabelled = count_pollen(rng, rng.integers(0, REGIONS, 800))
    encoder = make_encoder()
    pretrain(encoder, unlabelled, unlabelled / unlabelled.sum(axis=1, keepdims=True))

    region = rng.integers(0, REGIONS, 160)
    jars = LaboratoryPreparation()(count_pollen(rng, region))
    history = finetune(encoder, jars, region.astype("int32"))
    print("accuracy", history.history["accuracy"][-1])


if __name__ == "__main__":
    main()
