# quince orchard: which crates will keep until February?
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)

N = 1500
crates = pd.DataFrame({
    "weight_kg": rng.normal(14.0, 1.1, N),
    "brix": rng.normal(12.5, 1.3, N),
    "firmness": rng.normal(9.5, 1.6, N),
    "picked_day": rng.integers(262, 300, N).astype(float),
    "variety": rng.choice(["Champion", "Vranja", "Portugal"], N, p=[0.4, 0.4, 0.2]),
})
score = (
    0.8 * (crates.firmness - 9.5)
    - 0.06 * (crates.picked_day - 281)
    + 0.2 * (crates.brix - 12.5)
    + crates.variety.map({"Champion": 0.0, "Vranja": 0.7, "Portugal": -0.8})
)
crates["keeps"] = (rng.random(N) < 1 / (1 + np.exp(-score))).astype("float32")

# refractometer was at the calibration service for some days
gone = rng.choice(N, 45, replace=False)
crates.loc[gone, "brix"] = np.nan  # whynan: nan_in_input phase=data|forward also=nan_in_initial_weights

NUM = ["weight_kg", "brix", "firmness", "picked_day"]

# preprocessing layers
norm = layers.Normalization(name="norm")
norm.adapt(crates[NUM].to_numpy("float32"))
lookup = layers.StringLookup(num_oov_indices=0, output_mode="int")
lookup.adapt(np.array(crates["variety"].tolist()))

# fill the gaps with the median of the same variety
crates["brix"] = crates["brix"].fillna(crates.groupby("variety")["brix"].transform("median"))
print("missing values left:", int(crates.isna().sum().sum()))

order = rng.permutation(N)
crates = crates.iloc[order].reset_index(drop=True)
X_num = crates[NUM].to_numpy("float32")
codes = {v: i for i, v in enumerate(lookup.get_vocabulary())}
X_var = crates["variety"].map(codes).to_numpy("int32")[:, None]
y = crates["keeps"].to_numpy("float32")

num_in = keras.Input((len(NUM),), name="num")
var_in = keras.Input((1,), dtype="int32", name="variety")
emb = layers.Flatten()(layers.Embedding(len(codes), 3)(var_in))
h = layers.Concatenate()([norm(num_in), emb])
h = layers.Dense(32, activation="tanh")(h)
h = layers.Dropout(0.15)(h)
h = layers.Dense(16, activation="tanh")(h)
out = layers.Dense(1, activation="sigmoid")(h)

model = keras.Model({"num": num_in, "variety": var_in}, out)
model.compile(
    optimizer="adam",
    loss="binary_crossentropy",
    metrics=["accuracy"],
    steps_per_execution=5,
)
model.fit(
    {"num": X_num, "variety": X_var}, y,
    batch_size=30,
    epochs=10,
    validation_split=0.2,
    verbose=2,
)
