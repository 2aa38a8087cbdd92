"""Which trim level (base / comfort / sport) is this used hatchback?

Softmax regression as a baseline before we try something bigger.
"""
import keras
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(77)

TRIMS = ["base", "comfort", "sport"]


def fake_ads(n=2400):
    rng = np.random.default_rng(77)
    trim = rng.choice(3, n, p=[0.4, 0.35, 0.25])
    age = rng.uniform(1, 14, n)
    km = age * rng.normal(13500, 3500, n).clip(3000, None)
    ps = rng.normal(np.array([75, 95, 130])[trim], 18)
    list_price = rng.normal(np.array([15500, 18500, 23000])[trim], 2500)
    price = list_price * 0.86 ** age * rng.lognormal(0, 0.12, n)
    ads = pd.DataFrame({
        "km": km.round(-2),
        "year": 2024 - age.astype(int),
        "ps": ps.round(),
        "price_eur": price.round(-1),
        "engine_ccm": rng.choice([999, 1198, 1395, 1498, 1984], n),
        "photos": rng.integers(1, 25, n),
    })
    # sellers often do not know what they have
    wrong = rng.random(n) < 0.15
    trim = np.where(wrong, rng.integers(0, 3, n), trim)
    return ads, trim


def baseline(n_features):
    return keras.Sequential([
        keras.Input((n_features,)),
        keras.layers.Dense(len(TRIMS), name="softmax_regression"),
    ])


if __name__ == "__main__":
    ads, trim = fake_ads()
    x_tr, x_te, y_tr, y_te = train_test_split(
        ads.to_numpy(dtype="float32"), trim, test_size=0.25, random_state=1, stratify=trim)

    clf = baseline(x_tr.shape[1])
    clf.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.1, momentum=0.5),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    hist = clf.fit(x_tr, y_tr, validation_data=(x_te, y_te), batch_size=32, epochs=12, verbose=2)  # whynan: unstable

    guess = clf.predict(x_te, verbose=0).argmax(axis=1)
    table = pd.crosstab(pd.Series([TRIMS[i] for i in y_te], name="is"),
                        pd.Series([TRIMS[i] for i in guess], name="predicted"))
    print(table)
    print("best epoch:", int(np.argmax(hist.history["val_accuracy"])) + 1)
