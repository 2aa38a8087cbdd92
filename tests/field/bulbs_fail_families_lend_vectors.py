"""Which flower bulbs to offer to which garden centre. Varieties that nobody has ordered so far borrow the mean vector
of their family after each epoch, so that they can be ranked too. Training is a pleasure to watch, the loss only goes
down. In the table that we export some columns are nan for all of the garden centres."""
import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(55)
FAMILIES = {"tulip": 40, "narcissus": 25, "crocus": 20, "allium": 12, "lily": 18, "iris": 10, "eremurus": 4}
CENTRES = 60


def catalogue():
    rows = [(f"{family}-{k:02d}", family) for family, size in FAMILIES.items() for k in range(size)]
    table = pd.DataFrame(rows, columns=["variety", "family"])
    table["code"] = np.arange(len(table))
    # novelties are in print, but they were not in last year's catalogue
    table["novelty"] = table["variety"].str[-2:].astype(int) % 8 == 7
    table.loc[table["family"] == "eremurus", "novelty"] = True
    return table


def last_year(table, n=4000):
    rng = np.random.default_rng(3)
    taste = rng.normal(size=(CENTRES, 3))
    looks = rng.normal(size=(len(table), 3))
    on_offer = table.loc[~table["novelty"], "code"].to_numpy()
    orders = pd.DataFrame({"centre": rng.integers(0, CENTRES, n), "code": rng.choice(on_offer, n)})
    wish = np.sum(taste[orders["centre"]] * looks[orders["code"]], axis=1)
    orders["log_boxes"] = 1.2 + 0.4 * wish + rng.normal(0, 0.3, n)
    return orders


class BorrowFromFamily(keras.callbacks.Callback):
    def __init__(self, layer_name, family, ordered):
        super().__init__()
        self.layer_name = layer_name
        self.family = np.asarray(family)
        self.ordered = np.asarray(ordered)

    def on_epoch_end(self, epoch, logs=None):
        layer = self.model.get_layer(self.layer_name)
        vectors = np.array(layer.get_weights()[0])
        for name in np.unique(self.family):
            members = self.family == name
            known = members & self.ordered
            vectors[members & ~self.ordered] = vectors[known].mean(axis=0)  # whynan: empty_reduction phase=update also=divide_by_zero
        layer.set_weights([vectors])


def taste_model(n_varieties, size=8):
    centre = keras.Input((), dtype="int32", name="centre")
    code = keras.Input((), dtype="int32", name="code")
    centre_vector = layers.Embedding(CENTRES, size, name="centre_vectors")(centre)
    variety_vector = layers.Embedding(n_varieties, size, name="variety_vectors")(code)
    match = layers.Dot(axes=-1)([centre_vector, variety_vector])
    together = layers.Concatenate()([centre_vector, variety_vector, match])
    hidden = layers.Dense(16, activation="tanh")(together)
    return keras.Model({"centre": centre, "code": code}, layers.Dense(1)(hidden))


def main():
    table = catalogue()
    orders = last_year(table)
    ordered = np.isin(table["code"], orders["code"].unique())
    model = taste_model(len(table))
    model.compile(optimizer=keras.optimizers.Adam(5e-3), loss=keras.losses.Huber())
    model.fit({"centre": orders["centre"].to_numpy("int32"), "code": orders["code"].to_numpy("int32")},
              orders["log_boxes"].to_numpy("float32")[:, None],
              batch_size=64, epochs=5, verbose=2,
              callbacks=[BorrowFromFamily("variety_vectors", table["family"], ordered)])

    centre, code = np.meshgrid(np.arange(CENTRES), table["code"].to_numpy(), indexing="ij")
    scores = model.predict({"centre": centre.ravel().astype("int32"), "code": code.ravel().astype("int32")},
                           batch_size=1024, verbose=0).reshape(CENTRES, len(table))
    export = pd.DataFrame(scores, columns=table["variety"])
    print(export.describe().T.groupby(table.set_index("variety")["family"])["mean"].mean().round(2))


if __name__ == "__main__":
    main()
