"""Brightness of paper from the signals of the mill.

The raw signals have gaps and very different units, so they go through median imputation and a PCA, and the network only
sees eight clean, uncorrelated, centred components. Still nan in the first epoch. I suspected exploding weights and put a
max-norm constraint on the hidden layers, without success. The scaled brightness is between -3 and 3.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

SIGNALS = {
    # name: (usual level, usual variation)
    "steam_pressure_pa": (6.2e5, 4.5e4),
    "refiner_power_w": (2.4e6, 9.0e4),
    "vacuum_pa": (4.1e4, 3.0e3),
    "stock_flow_l_min": (3100.0, 240.0),
    "conductivity_us": (1450.0, 180.0),
    "machine_speed_m_min": (980.0, 40.0),
    "freeness_ml": (420.0, 35.0),
    "headbox_temp_c": (47.0, 2.0),
    "ph": (7.4, 0.2),
    "filler_pct": (18.0, 1.6),
    "peroxide_kg_t": (22.0, 3.0),
    "retention_pct": (81.0, 2.5),
}


def historian(n, seed):
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(n, 3)) @ rng.normal(size=(3, len(SIGNALS))) * 0.4
    unit = shared + rng.normal(size=(n, len(SIGNALS))) * 0.75
    table = pd.DataFrame(unit, columns=list(SIGNALS))
    brightness = (
        84.0
        + 1.4 * table["peroxide_kg_t"]
        + 0.8 * table["filler_pct"]
        - 0.6 * table["headbox_temp_c"]
        + 0.4 * table["freeness_ml"] * table["ph"]
        + rng.normal(0.0, 0.4, n)
    )
    for name, (level, variation) in SIGNALS.items():
        table[name] = level + variation * table[name]
    table = table.mask(rng.random(table.shape) < 0.01)
    return table, brightness.to_numpy()


def network(components):
    bounded = keras.constraints.MaxNorm(3.0)
    scores = keras.Input((components,), name="scores")
    h = layers.Dense(48, activation="leaky_relu", kernel_constraint=bounded)(scores)
    h = layers.Dense(48, activation="leaky_relu", kernel_constraint=bounded)(h)
    out = layers.Dense(1, name="brightness")(h)
    return keras.Model(scores, out)


def main():
    keras.utils.set_random_seed(31)
    table, brightness = historian(1500, seed=12)
    train, test, y_train, y_test = train_test_split(table, brightness, test_size=0.2, random_state=3)

    reduce = make_pipeline(SimpleImputer(strategy="median"), PCA(n_components=8, random_state=0))
    z_train = reduce.fit_transform(train).astype("float32")
    z_test = reduce.transform(test).astype("float32")
    assert np.isfinite(z_train).all() and np.isfinite(z_test).all()
    print("explained:", reduce[-1].explained_variance_ratio_.sum().round(4))

    centre, spread = y_train.mean(), y_train.std()
    t_train = ((y_train - centre) / spread).astype("float32")[:, None]
    t_test = ((y_test - centre) / spread).astype("float32")[:, None]

    model = network(z_train.shape[1])
    model.compile(optimizer=keras.optimizers.SGD(0.005, momentum=0.9), loss="mse")
    model.fit(z_train, t_train, validation_data=(z_test, t_test), batch_size=48, epochs=4, verbose=2)  # whynan: unscaled_input phase=forward|loss|gradient|update

    guess = model.predict(z_test[:4], verbose=0).ravel() * spread + centre
    print("guesses:", guess, "measured:", y_test[:4])


if __name__ == "__main__":
    main()
