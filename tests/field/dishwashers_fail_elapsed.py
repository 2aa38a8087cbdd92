"""Service prediction for connected dishwashers.

Every wash is a list of 40 machine events: a code and the seconds that passed since the event before.
Label: did the customer call the service within two weeks?
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(11)
keras.mixed_precision.set_global_policy("mixed_float16")

STEPS = 40
CODES = 25
BATCH = 32


def make_washes(n, seed):
    rng = np.random.default_rng(seed)
    codes = rng.integers(1, CODES, size=(n, STEPS))
    gaps = rng.exponential(55.0, size=(n, STEPS)).astype("float32")
    faulty = rng.random(n) < 0.3
    # faulty machines repeat the pump code and need longer for it
    for i in np.flatnonzero(faulty):
        where = rng.choice(STEPS, size=6, replace=False)
        codes[i, where] = 7
        gaps[i, where] *= 2.5
    label = np.where(rng.random(n) < 0.05, ~faulty, faulty).astype("float32")
    return codes.astype("int32"), gaps, label


class TimeSinceStart(layers.Layer):
    """sin/cos features of the time since the door was closed"""

    def __init__(self, n_waves=6, **kwargs):
        super().__init__(**kwargs)
        periods = np.geomspace(60.0, 7200.0, n_waves)
        self.omega = (2 * np.pi / periods).astype("float32")

    def call(self, gaps):
        elapsed = ops.cumsum(gaps, axis=1)  # whynan: float16_overflow phase=forward also=unscaled_input rows=934,941,957
        angle = elapsed[:, :, None] * ops.cast(self.omega, elapsed.dtype)
        return ops.concatenate([ops.sin(angle), ops.cos(angle)], axis=-1)


def block(x, width, heads):
    a = layers.MultiHeadAttention(heads, width // heads)(x, x)
    x = layers.LayerNormalization()(x + a)
    f = layers.Dense(2 * width, activation="gelu")(x)
    f = layers.Dense(width)(f)
    return layers.LayerNormalization()(x + f)


def build(width=16):
    code_in = keras.Input((STEPS,), dtype="int32", name="code")
    gap_in = keras.Input((STEPS,), name="gap")
    e = layers.Embedding(CODES, width)(code_in)
    t = TimeSinceStart()(gap_in)
    t = layers.Dense(width)(t)
    x = layers.Add()([e, t])
    x = block(x, width, 2)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(16, activation="gelu")(x)
    out = layers.Dense(1, dtype="float32")(x)
    return keras.Model({"code": code_in, "gap": gap_in}, out)


codes, gaps, label = make_washes(960, seed=4)

# washes that people interrupted and finished later
rng = np.random.default_rng(9)
for wash in (934, 941, 957):
    pauses = rng.choice(np.arange(3, 36), size=6, replace=False)
    gaps[wash, pauses] = rng.uniform(15000, 18000, size=6)

print("washes:", len(label), "service calls:", int(label.sum()))
print("median gap %.1f s" % np.median(gaps))

model = build()
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
)
history = model.fit(
    {"code": codes, "gap": gaps},
    label,
    batch_size=BATCH,
    epochs=3,
    shuffle=False,  # keep the order of the calendar
    verbose=2,
)
print("final loss", history.history["loss"][-1])
