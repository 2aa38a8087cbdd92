# Viability from fluorescence read-outs. Every plate has its own gain, so batches are
# drawn from one plate at a time and brought to a common scale before the network.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(2024)
rs = np.random.RandomState(2024)

WELLS = [96, 96, 64, 96, 65, 96, 80, 96]      # wells with a valid read, per plate
CHANNELS = ["dapi", "gfp", "txred", "cy5", "bf_mean", "bf_std", "area", "round"]
BATCH = 32


def read_plate(plate, n):
    gain = rs.uniform(0.6, 1.8)
    offset = rs.uniform(100, 400)
    dose = rs.uniform(0, 1, n)
    alive = 1.0 / (1.0 + np.exp(9 * (dose - 0.5)))
    sig = np.stack([
        900 + 500 * (1 - alive),
        1500 * alive + 80,
        300 + 250 * dose,
        200 + 60 * alive,
        1200 + 100 * alive,
        90 + 40 * (1 - alive),
        310 - 90 * (1 - alive),
        70 + 20 * alive,
    ], axis=1)
    noise = rs.normal(1.0, 0.08, sig.shape)
    x = offset + gain * sig * noise
    y = np.clip(alive + rs.normal(0, 0.03, n), 0, 1)
    return x.astype("float32"), y.astype("float32"), np.full(n, plate, "int64")


plates = [read_plate(p, n) for p, n in enumerate(WELLS)]
reads = np.concatenate([p[0] for p in plates])
viability = np.concatenate([p[1] for p in plates])[:, None]
plate_id = np.concatenate([p[2] for p in plates])
print("wells:", len(reads), "plates:", len(WELLS))


def to_plate_scale(x, y):
    return (x - tf.reduce_mean(x, axis=0)) / tf.math.reduce_std(x, axis=0), y  # whynan: zero_variance_normalisation phase=data also=single_element_variance,divide_by_zero rows=416


ds = tf.data.Dataset.from_tensor_slices((reads, viability, plate_id))
ds = ds.group_by_window(
    key_func=lambda x, y, p: p,
    reduce_func=lambda p, wells: wells.batch(BATCH),
    window_size=BATCH,
)
ds = ds.map(lambda x, y, p: (x, y)).map(to_plate_scale)
ds = ds.prefetch(tf.data.AUTOTUNE)

inputs = keras.Input((len(CHANNELS),))
h = keras.layers.Dense(32, activation="relu")(inputs)
h = keras.layers.Dense(16, activation="relu")(h)
out = keras.layers.Dense(1)(h)
net = keras.Model(inputs, out)

net.compile(
    optimizer=keras.optimizers.SGD(0.02, momentum=0.9),
    loss="mse",
    metrics=["mae"],
)
history = net.fit(ds, epochs=8, verbose=2)
print("final mae", history.history["mae"][-1])
