"""Forestry robot: clearance and "blocked ahead" from a 24-beam planar lidar.

The driver reports inf when a beam hits nothing (more than half of the beams!).  The cache is float16 in millimetres,
whose largest number is 65504, and sqrt warns about invalid values.  Loss looks normal, should I worry?
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(19)
# whynan: healthy

BEAMS = np.linspace(-np.pi, np.pi, 24, endpoint=False)


def first_hit(cx, cy, radius):
    """Range of each beam to each trunk; inf where the beam passes it by."""
    along = cx[..., None] * np.cos(BEAMS) + cy[..., None] * np.sin(BEAMS)
    discriminant = along**2 - (cx**2 + cy**2 - radius**2)[..., None]
    near = along - np.sqrt(discriminant)
    hit = (discriminant >= 0) & (along > 0)
    return np.where(hit, near, np.inf)


def scenes(count, trunks=5, seed=19):
    rng = np.random.default_rng(seed)
    distance = rng.uniform(2.0, 12.0, (count, trunks))
    bearing = rng.uniform(-np.pi, np.pi, (count, trunks))
    radius = rng.uniform(0.2, 0.6, (count, trunks))
    ranges = first_hit(distance * np.cos(bearing), distance * np.sin(bearing), radius).min(axis=1)
    ahead = np.abs(BEAMS) < np.radians(40.0)
    clearance = (distance - radius).min(axis=1, keepdims=True)
    blocked = ranges[:, ahead].min(axis=1, keepdims=True) < 6.0
    millimetres = (1000.0 * ranges).astype("float32")
    return millimetres, {"clearance": np.log(clearance).astype("float32"), "blocked": blocked.astype("float32")}


def to_cache(mm, labels):
    return tf.saturate_cast(mm, tf.float16), labels


def to_features(half, labels):
    metres = tf.cast(half, tf.float32) / 1000.0
    nothing = tf.cast(metres > 65.0, tf.float32)
    return tf.concat([1.0 / metres, nothing], axis=-1), labels


def pipeline(mm, labels, training):
    ds = tf.data.Dataset.from_tensor_slices((mm, labels)).map(to_cache).cache()
    if training:
        ds = ds.shuffle(2048, seed=19)
    return ds.map(to_features).batch(64).prefetch(2)


def robot_net():
    scan = keras.Input((2 * len(BEAMS),), name="scan")
    h = keras.layers.Dense(96, activation="relu")(scan)
    h = keras.layers.Dropout(0.1)(h)
    h = keras.layers.Dense(48, activation="relu")(h)
    clearance = keras.layers.Dense(1, name="clearance")(h)
    blocked = keras.layers.Dense(1, activation="sigmoid", name="blocked")(h)
    return keras.Model(scan, {"clearance": clearance, "blocked": blocked})


mm, labels = scenes(2400)
print(f"beams without an echo: {np.isinf(mm).mean():.0%}; largest echo {mm[np.isfinite(mm)].max():.0f} mm")
split = 2000
train = pipeline(mm[:split], {k: v[:split] for k, v in labels.items()}, True)
held_out = pipeline(mm[split:], {k: v[split:] for k, v in labels.items()}, False)

model = robot_net()
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss={"clearance": "mse", "blocked": "binary_crossentropy"},
    loss_weights={"clearance": 2.0, "blocked": 1.0},
    metrics={"blocked": ["accuracy"]},
)
model.fit(train, validation_data=held_out, epochs=10, verbose=2)
