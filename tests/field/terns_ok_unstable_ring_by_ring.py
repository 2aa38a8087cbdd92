"""Species of ringed terns from four hand measurements. Birds come in one at a time, so does the training.

A tree gets 95 percent on this table. The network says one third, whatever I do with the rate, and the
validation loss grows while the training loss stays where it was.
"""
# whynan: unstable
import keras
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

keras.utils.set_random_seed(29)

SPECIES = {"common": (37.0, 271.0, 20.5, 125.0),
           "arctic": (31.5, 276.0, 16.4, 105.0),
           "little": (29.8, 178.0, 15.2, 55.0)}


def ringing_table(per_species=80):
    rng = np.random.default_rng(66)
    frames = []
    for name, (bill, wing, tarsus, mass) in SPECIES.items():
        frames.append(pd.DataFrame({
            "bill_mm": rng.normal(bill, 1.8, per_species),
            "wing_mm": rng.normal(wing, 6.0, per_species),
            "tarsus_mm": rng.normal(tarsus, 0.8, per_species),
            "mass_g": rng.normal(mass, 8.0, per_species),
            "species": name,
        }))
    return pd.concat(frames, ignore_index=True).sample(frac=1.0, random_state=1)


def classifier(n_features, n_species):
    inputs = keras.Input((n_features,))
    h = inputs
    for units in (32, 16):
        h = keras.layers.Dense(units, use_bias=False)(h)
        h = keras.layers.BatchNormalization()(h)
        h = keras.layers.Activation("relu")(h)
    return keras.Model(inputs, keras.layers.Dense(n_species, activation="softmax")(h))


table = ringing_table()
measures = table.drop(columns="species")
measures = ((measures - measures.mean()) / measures.std()).to_numpy("float32")
species = table["species"].map({name: i for i, name in enumerate(SPECIES)}).to_numpy()
x_train, x_val, y_train, y_val = train_test_split(measures, species, test_size=0.25, stratify=species,
                                                  random_state=4)

tree = DecisionTreeClassifier(max_depth=4, random_state=0).fit(x_train, y_train)
print("tree:", tree.score(x_val, y_val))

model = classifier(x_train.shape[1], len(SPECIES))
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy",
              metrics=["accuracy"])
model.fit(x_train, y_train, validation_data=(x_val, y_val), batch_size=1, epochs=8, verbose=2)
