"""Storage life of kiwifruit bins from packhouse intake measurements.

Dry matter is expressed relative to the grower's own fruit, since orchards
differ a lot in elevation and rootstock.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(41)
rng = np.random.default_rng(41)


def intake_table():
    n_growers = 40
    bins_per_grower = rng.integers(18, 60, n_growers)
    bins_per_grower[27] = 1
    grower = np.repeat(np.arange(n_growers), bins_per_grower)
    n = len(grower)
    base = rng.normal(16.8, 0.7, n_growers)[grower]
    dry_matter = base + rng.normal(0, 0.5, n)
    firmness = rng.normal(7.1, 0.8, n)
    days_since_pick = rng.integers(0, 6, n)
    brix = 6.2 + 0.4 * (dry_matter - 16) + rng.normal(0, 0.3, n)
    weeks = (14 + 1.5 * (dry_matter - 16.8) + 1.2 * (firmness - 7.1)
             - 0.5 * days_since_pick + rng.normal(0, 0.7, n))
    return pd.DataFrame({
        "grower": grower, "dry_matter": dry_matter, "firmness": firmness,
        "days_since_pick": days_since_pick, "brix": brix, "weeks": weeks,
    })


packs = intake_table()
by_grower = packs.groupby("grower")["dry_matter"]
packs["dm_rel"] = (packs["dry_matter"] - by_grower.transform("mean")) / by_grower.transform("std")  # whynan: single_element_variance phase=data also=nan_in_input

for col in ["firmness", "brix"]:
    packs[col] = (packs[col] - packs[col].mean()) / packs[col].std()
packs["days_since_pick"] = packs["days_since_pick"] / 5.0

features = ["dm_rel", "firmness", "brix", "days_since_pick"]
X = packs[features].to_numpy(dtype="float32")
y = ((packs["weeks"] - packs["weeks"].mean()) / packs["weeks"].std()).to_numpy(dtype="float32")
print(f"{len(X)} bins, {packs.grower.nunique()} growers")

data = tf.data.Dataset.from_tensor_slices((X, y)).shuffle(2048, seed=5).batch(64)

net = keras.Sequential([
    keras.Input((len(features),)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(1),
])
opt = keras.optimizers.Adam(3e-3)
opt.build(net.trainable_variables)


@tf.function
def step(xb, yb):
    with tf.GradientTape() as tape:
        pred = net(xb, training=True)[:, 0]
        loss = tf.reduce_mean(tf.square(pred - yb))
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss


for epoch in range(6):
    losses = [float(step(xb, yb)) for xb, yb in data]
    print(f"epoch {epoch + 1}: mse {np.mean(losses):.4f}")
