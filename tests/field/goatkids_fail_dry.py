"""
Dairy goats: one net, two answers.
  kids : total birth weight of the litter [kg]
  milk : yield of the lactation that follows [l]
"""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(64)
rng = np.random.default_rng(64)

N = 480
herd = pd.DataFrame({
    "tag": [f"CH{1000 + k}" for k in range(N)],
    "age": rng.integers(1, 9, N),
    "weight": rng.normal(58, 7, N),
    "litter": rng.integers(1, 4, N),
    "bcs": rng.choice([2.0, 2.5, 3.0, 3.5, 4.0], N),
    "first": rng.integers(0, 2, N),
})
scan = rng.normal(0, 1, (N, 10)).astype("float32") + herd["litter"].to_numpy("float32")[:, None] * 0.4
herd["kids"] = 1.8 + 1.9 * herd["litter"] + 0.03 * (herd["weight"] - 58) + rng.normal(0, 0.3, N)

# milking parlour keeps its own book; these went dry or were sold before the first control
gone = {33, 118, 207, 391}
book = {}
for k, row in enumerate(herd.itertuples()):
    if k not in gone:
        book[row.tag] = 620 + 35 * min(row.age, 5) + 40 * row.litter + 25 * row.bcs + rng.normal(0, 40)
book = pd.Series(book)

herd["milk"] = herd["tag"].map(book)  # whynan: nan_in_label phase=data also=nan_mask_mismatch rows=33,118,207,391
has_milk = herd["milk"].notna().to_numpy("float32")
print("goats with a lactation:", int(has_milk.sum()), "of", N)

cols = ["age", "weight", "litter", "bcs", "first"]
tab = ((herd[cols] - herd[cols].mean()) / herd[cols].std()).to_numpy("float32")
kids = ((herd["kids"] - herd["kids"].mean()) / herd["kids"].std()).to_numpy("float32")
milk = ((herd["milk"] - herd["milk"].mean()) / herd["milk"].std()).to_numpy("float32")

card_in = keras.Input((len(cols),), name="card")
scan_in = keras.Input((10,), name="scan")
a = layers.Dense(24, activation="elu")(card_in)
b = layers.Dense(12, activation="elu")(scan_in)
trunk = layers.Dense(24, activation="elu")(layers.concatenate([a, b]))
model = keras.Model(
    {"card": card_in, "scan": scan_in},
    {"kids": layers.Dense(1, name="kids")(trunk), "milk": layers.Dense(1, name="milk")(trunk)},
)
model.compile(
    optimizer=keras.optimizers.AdamW(2e-3, weight_decay=1e-4),
    loss={"kids": "mse", "milk": "mse"},
    loss_weights={"kids": 1.0, "milk": 0.5},
)
hist = model.fit(
    {"card": tab, "scan": scan},
    {"kids": kids, "milk": milk},
    sample_weight={"kids": np.ones(N, "float32"), "milk": has_milk},
    epochs=15,
    batch_size=32,
    verbose=2,
)
out = model.predict({"card": tab[:4], "scan": scan[:4]}, verbose=0)
print("litres:", out["milk"][:, 0] * herd["milk"].std() + herd["milk"].mean())
print("last loss:", hist.history["loss"][-1])
