"""Plot yields (kg per hectare) from a field trial with agronomist's limits on the signs of the effects.

The loss begins at several million and the limits that go into the model are full of inf. It also gave up long before
the 150 epochs I asked for. Is the training broken?
"""
# whynan: healthy
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(8)

LIMITS = pd.DataFrame(
    {"low": [0.0, -np.inf, -np.inf, 0.0], "high": [np.inf, 0.0, np.inf, np.inf]},
    index=["nitrogen", "weed_cover", "slope", "rain"],
)


class Between(keras.constraints.Constraint):
    """Projects each row of the kernel into its own interval."""

    def __init__(self, low, high):
        self.low = np.asarray(low, "float32").reshape(-1, 1)
        self.high = np.asarray(high, "float32").reshape(-1, 1)

    def __call__(self, w):
        return keras.ops.minimum(keras.ops.maximum(w, self.low), self.high)


def field_trial(n=800, farms=8):
    rng = np.random.default_rng(77)
    table = pd.DataFrame({
        "nitrogen": rng.choice([0.0, 40.0, 80.0, 120.0, 160.0], n),
        "weed_cover": rng.beta(1.6, 6.0, n) * 100.0,
        "slope": rng.gamma(2.0, 2.5, n),
        "rain": rng.normal(210.0, 45.0, n),
        "farm": rng.choice([f"farm_{i}" for i in range(farms)], n),
    })
    level = dict(zip(sorted(table["farm"].unique()), rng.normal(0.0, 350.0, farms)))
    table["yield_kg"] = (4300.0 + 8.0 * table["nitrogen"] - 22.0 * table["weed_cover"] - 15.0 * table["slope"]
                         + 3.5 * table["rain"] + table["farm"].map(level) + rng.normal(0.0, 260.0, n))
    return table


def build(farms):
    effects = keras.Input((len(LIMITS),), name="effects")
    farm = keras.Input((1,), dtype="int32", name="farm")
    linear = keras.layers.Dense(1, kernel_constraint=Between(LIMITS["low"], LIMITS["high"]), name="signed")(effects)
    offset = keras.layers.Flatten()(keras.layers.Embedding(farms, 1, name="farm_offset")(farm))
    model = keras.Model([effects, farm], keras.layers.Add()([linear, offset]))
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse", metrics=["mae"])
    return model


def main():
    trial = field_trial()
    raw = trial[list(LIMITS.index)]
    effects = ((raw - raw.mean()) / raw.std()).to_numpy("float32")
    farm = trial["farm"].astype("category").cat.codes.to_numpy("int32")[:, None]
    target = trial["yield_kg"].to_numpy("float32")[:, None]

    model = build(int(farm.max()) + 1)
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=5, restore_best_weights=True)
    history = model.fit([effects, farm], target, validation_split=0.2, epochs=150, batch_size=32, verbose=2,
                        callbacks=[stop])
    report = LIMITS.assign(effect=model.get_layer("signed").kernel.numpy()[:, 0])
    print(report.round(1))
    print(f"stopped after {len(history.history['loss'])} epochs, mae {history.history['mae'][-1]:.0f} kg")


if __name__ == "__main__":
    main()
