"""Book club matching: member tower, book tower, dot product = stars.

I changed one word in the config (the optimizer, since everybody told me that plain momentum generalises better) and now
the loss is nan before the first epoch has ended. Ratings are between 1 and 5 and the features are standardised, I
checked both twice.
"""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(11)

CFG = {
    "hidden": 32,
    "dim": 16,
    "optimizer": "momentum",   # was: "adadelta"
    "rate": 1.0,
    "batch": 128,
    "epochs": 4,
}

OPTIMIZERS = {
    "adadelta": lambda rate: keras.optimizers.Adadelta(rate),
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
}


def make_reads(n_members=400, n_books=250, n_reads=4000, seed=3):
    rng = np.random.default_rng(seed)
    members = rng.normal(size=(n_members, 16))
    books = rng.normal(size=(n_books, 12))
    taste = rng.normal(size=(16, 12)) / 14.0
    m = rng.integers(0, n_members, n_reads)
    b = rng.integers(0, n_books, n_reads)
    liking = np.einsum("ni,ij,nj->n", members[m], taste, books[b])
    stars = np.clip(np.round(3.4 + liking + rng.normal(0, 0.6, n_reads)), 1, 5)
    return members[m].astype("float32"), books[b].astype("float32"), stars.astype("float32")


def tower(n_features, name):
    inp = keras.Input((n_features,), name=name)
    h = layers.Dense(CFG["hidden"], activation="tanh", name=f"{name}_hidden")(inp)
    return inp, layers.Dense(CFG["dim"], name=f"{name}_vector")(h)


def build():
    member_in, member_vec = tower(16, "member")
    book_in, book_vec = tower(12, "book")
    stars = layers.Dot(axes=1, name="stars")([member_vec, book_vec])
    model = keras.Model({"member": member_in, "book": book_in}, stars)
    model.compile(optimizer=OPTIMIZERS[CFG["optimizer"]](CFG["rate"]), loss="mse", metrics=["mae"])
    return model


def main():
    members, books, stars = make_reads()
    assert np.isfinite(members).all() and np.isfinite(books).all()
    assert stars.min() >= 1 and stars.max() <= 5
    print("mean stars", stars.mean(), "feature std", members.std().round(2), books.std().round(2))

    cut = int(0.85 * len(stars))
    train = {"member": members[:cut], "book": books[:cut]}
    held = {"member": members[cut:], "book": books[cut:]}

    model = build()
    history = model.fit(train, stars[:cut], batch_size=CFG["batch"], epochs=CFG["epochs"], validation_data=(held, stars[cut:]), verbose=2)  # whynan: learning_rate_too_high phase=forward|loss also=exploding_gradient

    best = min(history.history["val_mae"])
    print("best validation mae", best)


if __name__ == "__main__":
    main()
