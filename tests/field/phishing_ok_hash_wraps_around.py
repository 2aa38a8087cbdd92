"""Phishing or not, from the words of a URL that are hashed into 512 buckets.

numpy prints "overflow encountered in scalar multiply" while the data are prepared, and the hashes of the same word look
completely random, so I am worried that the embedding is fed with rubbish. Is something broken here?
"""
# whynan: healthy
import re

import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(123)

BUCKETS = 512
MAX_TOKENS = 6
OFFSET = np.uint32(2166136261)
PRIME = np.uint32(16777619)

HONEST = ["shop", "news", "library", "garden", "travel", "museum", "recipes", "weather", "school", "photos"]
FISHY = ["verify", "account", "secure", "update", "wallet", "signin", "confirm", "bonus", "unlock", "billing"]
NEUTRAL = ["www", "com", "net", "org", "index", "page", "home", "login", "de", "uk", "html", "static"]


def fnv1a(word):
    h = OFFSET
    for byte in word.encode("utf-8"):
        h = (h ^ np.uint32(byte)) * PRIME
    return int(h)


def make_url(rng, fishy):
    words = list(rng.choice(FISHY if fishy else HONEST, size=2, replace=False))
    if rng.random() < 0.15:  # every now and then a word from the other side
        words[0] = rng.choice(HONEST if fishy else FISHY)
    tail = list(rng.choice(NEUTRAL, size=3, replace=False))
    return "https://" + "-".join(words) + "." + tail[0] + "/" + tail[1] + "." + tail[2]


def tokenise(url):
    return [t for t in re.split(r"[:/.\-]+", url.lower()) if t and t != "https"]


def encode(urls):
    codes = np.zeros((len(urls), MAX_TOKENS), dtype="int32")
    for row, url in enumerate(urls):
        for col, token in enumerate(tokenise(url)[:MAX_TOKENS]):
            codes[row, col] = 1 + fnv1a(token) % (BUCKETS - 1)
    return codes


def build():
    inp = keras.Input((MAX_TOKENS,), dtype="int32")
    x = layers.Embedding(BUCKETS, 8, mask_zero=True)(inp)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(16, activation="relu")(x)
    out = layers.Dense(1, activation="sigmoid")(x)
    model = keras.Model(inp, out)
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def main():
    rng = np.random.default_rng(42)
    labels = rng.integers(0, 2, 1600)
    urls = [make_url(rng, bool(k)) for k in labels]
    codes = encode(urls)
    print(urls[0], "->", codes[0])
    for word in ("verify", "verifY", "verifx"):
        print(word, fnv1a(word))

    cut = 1300
    model = build()
    y = labels.astype("float32")[:, None]
    model.fit(codes[:cut], y[:cut], validation_data=(codes[cut:], y[cut:]), batch_size=32, epochs=6, verbose=2)
    print("held out:", model.evaluate(codes[cut:], y[cut:], verbose=0, return_dict=True))


if __name__ == "__main__":
    main()
