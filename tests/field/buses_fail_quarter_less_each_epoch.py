"""Delay of city buses at the terminus.

The learning rate is to go down by a quarter with every pass through the data. Five thousand trips, everything scaled, the
loss falls steadily during the first passes, without any spikes to speak of. In pass number five it is nan from one
batch to the next. I looked at the batch: nothing special about it, and it moves with the length of a pass, not with the
order of the trips.
"""
import numpy as np
import keras
from keras import layers


def trips(n, rng):
    hour = rng.uniform(5.0, 23.0, n)
    stops = rng.integers(8, 45, n)
    rain = rng.gamma(0.5, 1.0, n)
    school = rng.integers(0, 2, n)
    rush = np.exp(-0.5 * ((hour - 8.0) / 1.2) ** 2) + 0.8 * np.exp(-0.5 * ((hour - 17.0) / 1.6) ** 2)
    delay = 0.5 + 0.06 * stops + 3.0 * rush * (1.0 + 0.3 * school) + 0.5 * rain + rng.normal(0.0, 1.0, n)
    x = np.stack([(hour - 14.0) / 5.0, (stops - 26.0) / 10.0, rain - 0.5, school - 0.5], axis=1)
    return x.astype("float32"), delay.astype("float32")[:, None]


def passes(x, y, batch, rng):
    order = rng.permutation(len(x))
    for start in range(0, len(x) - batch + 1, batch):
        chosen = order[start:start + batch]
        yield x[chosen], y[chosen]


def compiled_model(steps_per_pass):
    rate = keras.optimizers.schedules.InverseTimeDecay(
        initial_learning_rate=2e-3,
        decay_steps=steps_per_pass,
        decay_rate=-0.25,
        staircase=True,
    )
    model = keras.Sequential([
        keras.Input(shape=(4,)),
        layers.Dense(32, activation="tanh"),
        layers.Dense(32, activation="tanh"),
        layers.Dense(1),
    ])
    model.compile(optimizer=keras.optimizers.Adam(rate, global_clipnorm=5.0), loss="mse")
    return model


def main(batch=128, n_passes=7):
    keras.utils.set_random_seed(21)
    rng = np.random.default_rng(21)
    x, y = trips(5120, rng)
    model = compiled_model(len(x) // batch)
    for number in range(1, n_passes + 1):
        losses = []
        for xb, yb in passes(x, y, batch, rng):
            losses.append(float(model.train_on_batch(xb, yb)))  # whynan: lr_schedule_invalid phase=update also=divide_by_zero,learning_rate_too_high
        print(f"pass {number}: loss {np.mean(losses):.3f}, worst batch {np.max(losses):.3f}")


if __name__ == "__main__":
    main()
