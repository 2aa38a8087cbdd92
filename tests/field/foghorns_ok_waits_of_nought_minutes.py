"""Waiting time until the next fog signal along the coast, from the readings of the light stations.

The waits are exponential with a rate that the network learns in logarithms.  A lot here looks alarming to me: many
recorded waits are exactly 0, one column is the same for all stations, the loss begins high, falls below zero and goes
on falling, the first fifty steps have a rate that starts at nought, and for some stations the gradient norm before the
clip is in the hundreds.  Is this training still sound?
"""
# whynan: healthy
import keras
import numpy as np
from keras import layers, ops
from sklearn.preprocessing import StandardScaler

PLAN = {"epochs": 14, "batch": 40, "peak_rate": 4e-3, "warmup": 50, "widest_log_rate": 7.0}


def station_readings(n, rng):
    humidity = np.clip(rng.normal(88, 7, n), 40, 100)
    spread = np.abs(rng.normal(1.6, 1.2, n))             # air minus dew point
    wind = rng.gamma(2.0, 2.2, n)
    sea = rng.normal(9.0, 2.0, n)
    lamp = np.full(n, 1.0)                               # lamp on: always, at all stations
    log_rate = 2.4 + 0.12 * (humidity - 88) - 0.9 * (spread - 1.6) - 0.15 * (wind - 4.4)
    hours = rng.exponential(1.0 / np.exp(np.clip(log_rate, -3, 6)))
    hours = np.floor(hours * 60.0) / 60.0                # the log book counts whole minutes
    readings = np.stack([humidity, spread, wind, sea, lamp], axis=1)
    return readings, hours.astype("float32")[:, None]


def exponential_deviance(hours, raw):
    """Negative log-likelihood of exponential waits; the log rate is kept inside a wide band."""
    band = PLAN["widest_log_rate"]
    log_rate = band * ops.tanh(raw / band)
    return ops.mean(ops.exp(log_rate) * hours - log_rate, axis=-1)


def build(width):
    readings = keras.Input((width,), name="readings")
    h = layers.Dense(32, activation="relu")(readings)
    h = layers.Dense(32, activation="relu")(h)
    raw = layers.Dense(1, bias_initializer=keras.initializers.Constant(5.0), name="raw_log_rate")(h)
    return keras.Model(readings, raw)


def main():
    keras.utils.set_random_seed(64)
    rng = np.random.default_rng(64)
    readings, hours = station_readings(1200, rng)
    print(f"{(hours == 0).mean():.2f} of the waits are nought, longest {hours.max():.1f} h")

    x = StandardScaler().fit_transform(readings).astype("float32")
    model = build(x.shape[1])
    model.compile(optimizer=keras.optimizers.Adam(0.0, clipnorm=1.0), loss=exponential_deviance)

    step = 0
    for epoch in range(PLAN["epochs"]):
        order = rng.permutation(len(x))
        losses = []
        for start in range(0, len(order), PLAN["batch"]):
            rows = order[start:start + PLAN["batch"]]
            rate_now = PLAN["peak_rate"] * min(1.0, step / PLAN["warmup"])
            model.optimizer.learning_rate = rate_now
            losses.append(model.train_on_batch(x[rows], hours[rows], return_dict=True)["loss"])
            step += 1
        print(f"epoch {epoch:2d}  loss {np.mean(losses):8.4f}  rate {rate_now:.4f}")

    raw = model.predict(x, verbose=0)
    rate = np.exp(PLAN["widest_log_rate"] * np.tanh(raw / PLAN["widest_log_rate"]))
    print(f"mean expected wait {np.mean(1 / rate):.3f} h, observed {hours.mean():.3f} h")


if __name__ == "__main__":
    main()
