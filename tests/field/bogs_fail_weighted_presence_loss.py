"""Which of twelve bog plants grow at a site? Multi-label network on water chemistry.

The plants are rare, so presences weigh more than absences in the loss. With loss="binary_crossentropy" the training
runs (badly), with my weighted version the very first progress line says nan. There is an epsilon in it against log(0).
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(2)

PLANTS = [
    "sphagnum", "sundew", "cranberry", "cottongrass", "bog_rosemary", "white_beak_sedge",
    "bogbean", "bladderwort", "cross_leaved_heath", "bog_asphodel", "purple_moor_grass", "marsh_cinquefoil",
]  # fmt: skip


def water_samples(n=480, seed=41):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "ph": rng.uniform(3.4, 7.8, n),
            "conductivity_us_cm": rng.lognormal(5.9, 0.7, n).clip(30, 2600),
            "calcium_mg_l": rng.gamma(2.0, 14.0, n),
            "ammonium_ug_l": rng.gamma(1.5, 120.0, n),
            "water_table_cm": rng.normal(-12, 9, n),
            "ditch_distance_m": rng.uniform(5, 900, n),
        }
    )


def presences(water, seed=42):
    rng = np.random.default_rng(seed)
    acid = (5.5 - water["ph"].to_numpy()) / 1.2
    poor = (5.9 - np.log(water["conductivity_us_cm"].to_numpy())) / 0.7
    wet = (water["water_table_cm"].to_numpy() + 12) / 9
    environment = np.stack([acid, poor, wet], axis=1)
    affinity = rng.normal(0.0, 1.1, (3, len(PLANTS)))
    score = environment @ affinity - 1.4
    return (rng.uniform(size=score.shape) < 1 / (1 + np.exp(-score))).astype("float32")


def weighted_presence_loss(presence_weight, eps=1e-7):
    """Presences count `presence_weight` times."""

    def loss(y_true, p):
        present = presence_weight * y_true * tf.math.log(p + eps)
        absent = (1.0 - y_true) * tf.math.log(1.0 - p)  # whynan: log_of_zero phase=loss also=unscaled_input
        return -tf.reduce_mean(present + absent, axis=-1)

    return loss


def as_dataset(water, labels, training):
    ds = tf.data.Dataset.from_tensor_slices((water.to_numpy("float32"), labels))
    if training:
        ds = ds.shuffle(len(labels), seed=7)
    return ds.batch(32).prefetch(2)


water = water_samples()
labels = presences(water)
weight = float((labels == 0).sum() / (labels == 1).sum())
print(f"share of presences {labels.mean():.2f}, weight {weight:.2f}")

train = as_dataset(water.iloc[:400], labels[:400], training=True)
held_out = as_dataset(water.iloc[400:], labels[400:], training=False)

model = keras.Sequential(
    [
        keras.Input((water.shape[1],)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(len(PLANTS), activation="sigmoid"),
    ],
    name="bog_plants",
)
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss=weighted_presence_loss(weight),
    metrics=[keras.metrics.BinaryAccuracy(name="acc")],
)
model.fit(train, validation_data=held_out, epochs=8, verbose=2)
