"""Long-tailed fungi classification with logit adjustment (Menon et al. 2021)."""
import json
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(53)
CONFIG = json.loads('{"species": 20, "tau": 1.0, "lr": 0.001, "label_smoothing": 0.0, "epochs": 4}')


def herbarium(n, seed=0):
    """long tail: species k has about 1/(k+1) of the photos"""
    rng = np.random.default_rng(seed)
    tail = 1.0 / (np.arange(CONFIG["species"]) + 1)
    y = rng.choice(CONFIG["species"], size=n, p=tail / tail.sum())
    y[rng.permutation(n)[:CONFIG["species"]]] = np.arange(CONFIG["species"])
    protos = np.random.default_rng(99).normal(size=(CONFIG["species"], 32))
    x = protos[y] + rng.normal(scale=0.9, size=(n, 32))
    return x.astype("float32"), y


def drop_bad_photos(x, y):
    # reviewers rejected the photos of 17 (all the same blurry session)
    keep = y != 17
    return x[keep], y[keep]


def class_prior(labels, k):
    counts = np.bincount(labels, minlength=k).astype("float32")
    return counts / counts.sum()


def logit_adjusted_loss(prior, tau):
    shift = tau * np.log(prior)  # whynan: log_of_zero phase=data|loss also=inf_in_input

    def loss(y_true, logits):
        adjusted = ops.log_softmax(logits + shift, axis=-1)
        return -ops.sum(y_true * adjusted, axis=-1)

    return loss


def build(k):
    inp = keras.Input((32,))
    h = layers.Dense(64, activation="gelu")(inp)
    h = layers.LayerNormalization()(h)
    return keras.Model(inp, layers.Dense(k)(h))


def main():
    k = CONFIG["species"]
    x, y = drop_bad_photos(*herbarium(640))
    prior = class_prior(y, k)
    model = build(k)
    model.compile(optimizer=keras.optimizers.Adam(CONFIG["lr"]), loss=logit_adjusted_loss(prior, CONFIG["tau"]))
    model.fit(x, keras.utils.to_categorical(y, k), batch_size=32, epochs=CONFIG["epochs"], verbose=2)


main()
