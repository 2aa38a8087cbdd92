"""Weekly sales of a village shop from its article list: numbers in one input, the aisle in the other.

All the prices and sizes are standardised. The first batch shows a loss like 1e24, the second one is inf or nan, no
matter how I initialise the Dense layer.
"""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(23)

AISLES = ["dairy", "bread", "tins", "drinks", "cleaning", "sweets"]
TO_SCALE = ["price", "margin", "grams", "shelf_cm"]


def article_list(n=480):
    rng = np.random.default_rng(6)
    aisle = rng.integers(0, len(AISLES), n)
    price = rng.gamma(3.0, 0.9, n) + 0.3
    articles = pd.DataFrame(
        {
            "ean13": 4_006_381_000_000 + rng.integers(0, 90_000_000_000, n),
            "name": [f"{AISLES[a]} no {i}" for i, a in enumerate(aisle)],
            "aisle": [AISLES[a] for a in aisle],
            "price": price.round(2),
            "margin": rng.uniform(0.08, 0.45, n).round(3),
            "grams": rng.choice([100, 250, 400, 500, 750, 1000], n),
            "shelf_cm": rng.integers(6, 60, n),
        }
    )
    demand = 12 - 1.5 * price + 0.15 * articles.shelf_cm + 2.0 * (aisle == 0) + rng.normal(0, 1.5, n)
    articles["sold_per_week"] = np.maximum(demand, 0).round(1)
    return articles


def prepare(articles):
    table = articles.copy()
    table[TO_SCALE] = (table[TO_SCALE] - table[TO_SCALE].mean()) / table[TO_SCALE].std()
    target = table.pop("sold_per_week")
    numeric = table.select_dtypes("number")
    aisle = table["aisle"].map({a: i for i, a in enumerate(AISLES)})
    inputs = {
        "numeric": numeric.to_numpy("float32"),
        "aisle": aisle.to_numpy("int32"),
    }
    return inputs, (target / target.std()).to_numpy("float32")[:, None]


def build(width):
    numeric = keras.Input((width,), name="numeric")
    aisle = keras.Input((), dtype="int32", name="aisle")
    place = keras.layers.Embedding(len(AISLES), 4)(aisle)
    h = keras.layers.Dense(32, activation="relu")(numeric)
    h = keras.layers.Concatenate()([h, place])
    return keras.Model({"numeric": numeric, "aisle": aisle}, keras.layers.Dense(1)(h))


class PrintBatches(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch < 4:
            print("   batch", batch, logs["loss"])


articles = article_list()
inputs, target = prepare(articles)
model = build(inputs["numeric"].shape[1])
model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
model.fit(inputs, target, batch_size=32, epochs=4, verbose=0, callbacks=[PrintBatches()])  # whynan: unscaled_input phase=forward|loss|gradient|update also=exploding_gradient,learning_rate_too_high
print(model.predict({k: v[:3] for k, v in inputs.items()}, verbose=0))
