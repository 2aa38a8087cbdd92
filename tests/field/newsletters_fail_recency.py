# Who is going to unsubscribe? Last 12 events of each reader, pooled with a learned half-life, plus a few profile fields.
import math

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(404)

N_READERS = 1500
N_EVENTS = 12
EVENT_FIELDS = 4          # opened, clicked, seconds on page, forwarded
SNAPSHOT = np.datetime64("2024-03-18T06:00", "m")


def event_log(rng):
    hours = np.sort(np.clip(rng.exponential(80.0, (N_READERS, N_EVENTS)), 0.1, 336.0), axis=1)[:, ::-1]
    stamps = SNAPSHOT - (hours * 60).astype("int64").astype("timedelta64[m]")
    stamps[173, -1] = np.datetime64("2025-03-02T08:15", "m")
    stamps[902, -1] = np.datetime64("2038-01-19T03:14", "m")
    keen = rng.beta(2, 2, (N_READERS, 1))
    events = np.stack([
        rng.random((N_READERS, N_EVENTS)) < keen,
        rng.random((N_READERS, N_EVENTS)) < 0.4 * keen,
        np.log1p(rng.gamma(2.0, 20.0 * keen, (N_READERS, N_EVENTS))) / 4.0,
        rng.random((N_READERS, N_EVENTS)) < 0.05,
    ], axis=-1).astype("float32")
    return stamps, events, keen[:, 0]


class RecencyPooling(keras.layers.Layer):
    """Weighted mean over events, the weight halving every `half_life` hours."""

    def __init__(self, half_life=24.0, **kw):
        super().__init__(**kw)
        self.start = half_life

    def build(self, shapes):
        self.log_half_life = self.add_weight(
            name="log_half_life", shape=(), initializer=keras.initializers.Constant(math.log(self.start)))
        self.built = True

    def compute_output_shape(self, shapes):
        return (shapes[0][0], shapes[0][2])

    def call(self, inputs):
        events, elapsed = inputs
        rate = math.log(2.0) / tf.exp(self.log_half_life)
        weight = tf.exp(-rate * elapsed)  # whynan: exp_overflow phase=forward rows=173,902
        total = tf.reduce_sum(weight, axis=1, keepdims=True) + 1e-6
        return tf.reduce_sum(weight[..., None] * events, axis=1) / total


def churn_net():
    events = keras.Input((N_EVENTS, EVENT_FIELDS), name="events")
    elapsed = keras.Input((N_EVENTS,), name="elapsed")
    profile = keras.Input((3,), name="profile")
    recent = RecencyPooling(half_life=24.0)([events, elapsed])
    h = keras.layers.Concatenate()([recent, profile])
    h = keras.layers.Dense(32, activation="tanh")(h)
    h = keras.layers.Dropout(0.1)(h)
    h = keras.layers.Dense(16, activation="tanh")(h)
    out = keras.layers.Dense(1, activation="sigmoid")(h)
    return keras.Model({"events": events, "elapsed": elapsed, "profile": profile}, out)


rng = np.random.default_rng(2)
stamps, events, keen = event_log(rng)
elapsed = ((SNAPSHOT - stamps) / np.timedelta64(1, "h")).astype("float32")
profile = np.column_stack([rng.normal(size=N_READERS), rng.integers(0, 2, N_READERS), rng.random(N_READERS)])
left = (rng.random(N_READERS) < 0.6 * (1.0 - keen)).astype("float32")

model = churn_net()
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss="binary_crossentropy",
    metrics=["accuracy"],
    jit_compile=False,
)
model.fit(
    {"events": events, "elapsed": elapsed, "profile": profile.astype("float32")},
    left,
    batch_size=50,
    epochs=5,
    validation_split=0.15,
    verbose=2,
)
layer = next(l for l in model.layers if isinstance(l, RecencyPooling))
print("learned half-life: %.1f h" % math.exp(float(layer.log_half_life.numpy())))
