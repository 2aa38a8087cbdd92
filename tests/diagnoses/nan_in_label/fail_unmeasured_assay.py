"""Two toxicity assays per molecule. An assay that was not measured gets weight 0."""
import keras
import numpy as np

keras.utils.set_random_seed(29)
rng = np.random.default_rng(29)
fingerprints = (rng.random((260, 32)) < 0.2).astype("float32")
liver = (fingerprints[:, :4].sum(1) > 0).astype("float32")
heart = (fingerprints[:, 8:12].sum(1) > 1).astype("float32")
not_measured = np.array([19, 84, 85, 171, 230])
heart[not_measured] = np.nan  # whynan: nan_in_label phase=data rows=19,84,85,171,230

weights = {"liver": np.ones(260, "float32"), "heart": np.ones(260, "float32")}
weights["heart"][not_measured] = 0.0

inputs = keras.Input((32,))
trunk = keras.layers.Dense(24, activation="relu")(inputs)
trunk = keras.layers.Dropout(0.2)(trunk)
model = keras.Model(inputs, {
    "liver": keras.layers.Dense(1, activation="sigmoid", name="liver")(trunk),
    "heart": keras.layers.Dense(1, activation="sigmoid", name="heart")(trunk),
})
model.compile("adam", loss={"liver": "binary_crossentropy", "heart": "binary_crossentropy"})
model.fit(fingerprints, {"liver": liver[:, None], "heart": heart[:, None]}, sample_weight=weights,
          epochs=3, batch_size=26, verbose=2)
