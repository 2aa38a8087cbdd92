"""Biogas yield of a digester, two-day-ahead regression with Lion.

During the warm-up the loss just sits near 1.0 (I expected that, the rate is tiny) but as soon as the
rate gets somewhere it explodes within an epoch or two and every weight is nan. The same network with
the same rate and Adam trains. Lion only uses the sign of the gradient, so how can it explode at all?
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(3)

cfg = dict(
    rows=1600,
    batch=64,
    epochs=10,
    warmup_epochs=4,
    rate_floor=1e-6,
    rate_peak=5e-4,
    decay_per_step=0.01,   # fraction of the weights that is taken off at every step
)


def load_plant_log(n):
    rng = np.random.default_rng(41)
    feed = rng.gamma(9.0, 1.5, n)
    volatile_solids = rng.normal(0.78, 0.04, n)
    ph = rng.normal(7.3, 0.15, n)
    temperature = rng.normal(38.5, 0.8, n)
    retention = rng.uniform(18, 40, n)
    acids = rng.lognormal(0.2, 0.4, n)
    gas = (
        0.35 * feed * volatile_solids * np.sqrt(retention)
        - 1.1 * acids
        - 3.0 * (ph - 7.3) ** 2
        + 0.2 * (temperature - 38.5)
        + rng.normal(0, 0.5, n)
    )
    return np.stack([feed, volatile_solids, ph, temperature, retention, acids], 1), gas


def z(a):
    return ((a - a.mean(0)) / a.std(0)).astype("float32")


def make_pipeline(x, y):
    ds = tf.data.Dataset.from_tensor_slices((x, y))
    return ds.shuffle(len(x), seed=1).batch(cfg["batch"], drop_remainder=True).prefetch(1)


def make_optimizer(steps_per_epoch):
    warmup = cfg["warmup_epochs"] * steps_per_epoch
    total = cfg["epochs"] * steps_per_epoch
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=cfg["rate_floor"],
        decay_steps=total - warmup,
        alpha=cfg["rate_floor"] / cfg["rate_peak"],
        warmup_target=cfg["rate_peak"],
        warmup_steps=warmup,
    )
    # Keras multiplies the decay by the rate, our number is per step: divide it out again
    decay = cfg["decay_per_step"] / cfg["rate_floor"]
    return keras.optimizers.Lion(schedule, beta_1=0.9, beta_2=0.99, weight_decay=decay)


features, gas = load_plant_log(cfg["rows"])
train = make_pipeline(z(features), z(gas)[:, None])

inputs = keras.Input((6,), name="plant")
h = keras.layers.Dense(32, activation="tanh")(inputs)
outputs = keras.layers.Dense(1, name="yield")(h)
model = keras.Model(inputs, outputs)

model.compile(make_optimizer(cfg["rows"] // cfg["batch"]), loss="mean_squared_error")
model.fit(train, epochs=cfg["epochs"], verbose=2)  # whynan: regularization_too_large phase=loss|update|forward also=learning_rate_too_high,exploding_gradient,weight_decay_too_large

for w in model.weights:
    print(w.path, float(np.abs(w.numpy()).max()))
