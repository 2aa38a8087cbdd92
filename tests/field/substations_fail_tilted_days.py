"""Supply temperature of a district heating network, learned day after day through one winter.

The hard hours matter most to us, so inside one day every quarter counts by how badly it is predicted (tilted risk).
The printed errors are fine for more than a month of data, then between two printouts everything becomes nan,
although the gradients are clipped by their global norm.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(71)

SETTINGS = {"days": 60, "quarters": 4, "tilt": 1.0, "rate": 3e-3, "max_norm": 10.0, "epochs": 2}
SAMPLES_PER_DAY = 96


def make_winter(days):
    rng = np.random.default_rng(17)
    t = np.arange(days * SAMPLES_PER_DAY) / SAMPLES_PER_DAY
    outdoor = 3.0 - 6.0 * np.sin(np.pi * t / days) + 2.5 * np.sin(2 * np.pi * (t - 0.4)) + rng.normal(0, 0.4, t.size)
    wind = np.abs(rng.normal(3.0, 1.5, t.size))
    supply = 68.0 - 1.2 * outdoor + 0.5 * wind + rng.normal(0, 0.7, t.size)
    # the northern branch is flushed at the highest setting, once a winter
    supply[(t >= 37.0) & (t < 37.5)] = 112.0 + rng.normal(0, 0.3, SAMPLES_PER_DAY // 2)
    features = np.stack([
        outdoor / 10.0,
        wind / 5.0,
        np.sin(2 * np.pi * t),
        np.cos(2 * np.pi * t),
    ], axis=1)
    return features.astype("float32"), supply.astype("float32")


def build(first_week_mean):
    inputs = keras.Input((4,))
    h = keras.layers.Dense(24, activation="tanh")(inputs)
    h = keras.layers.Dense(24, activation="tanh")(h)
    out = keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(first_week_mean))(h)
    return keras.Model(inputs, out)


features, supply = make_winter(SETTINGS["days"])
model = build(float(supply[: 7 * SAMPLES_PER_DAY].mean()))
optimizer = keras.optimizers.Adam(SETTINGS["rate"])
variables = model.trainable_variables


def quarters_of(day):
    start = day * SAMPLES_PER_DAY
    size = SAMPLES_PER_DAY // SETTINGS["quarters"]
    for q in range(SETTINGS["quarters"]):
        rows = slice(start + q * size, start + (q + 1) * size)
        yield tf.constant(features[rows]), tf.constant(supply[rows])


def train_on_day(day):
    totals = [tf.zeros_like(v) for v in variables]
    weight_sum = tf.constant(0.0)
    errors = []
    for x, y in quarters_of(day):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - model(x, training=True)[:, 0]))
        grads = tape.gradient(loss, variables)
        weight = tf.exp(SETTINGS["tilt"] * loss)  # whynan: exp_overflow phase=loss|gradient|update
        totals = [total + weight * g for total, g in zip(totals, grads)]
        weight_sum += weight
        errors.append(float(loss))
    mean_grads = [total / weight_sum for total in totals]
    mean_grads, _ = tf.clip_by_global_norm(mean_grads, SETTINGS["max_norm"])
    optimizer.apply_gradients(zip(mean_grads, variables))
    return np.max(errors)


for epoch in range(SETTINGS["epochs"]):
    for day in range(SETTINGS["days"]):
        worst = train_on_day(day)
        if day % 6 == 5:
            print(f"winter {epoch + 1} day {day + 1:2d}  worst quarter {worst:.3f}")

print("prediction for the last day:", model(features[-4:]).numpy()[:, 0])
