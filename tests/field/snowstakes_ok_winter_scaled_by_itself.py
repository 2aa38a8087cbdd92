"""Melt at snow stakes from the weather of the day.

I train on the summer campaign, loss falls nicely. Then I evaluate the winter campaign with the
same function and get nan. The weights have no NaN, I looked.
"""
# whynan: side_nonfinite
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(3)

COLUMNS = ["air_c", "wind_ms", "sun_hours", "rain_mm", "albedo"]


def campaign(n, winter, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "air_c": rng.normal(-14 if winter else 5, 3, n),
            "wind_ms": rng.gamma(3.0, 1.6, n),
            "sun_hours": rng.uniform(0, 5 if winter else 14, n),
            # nothing falls as rain at minus fourteen
            "rain_mm": np.zeros(n) if winter else rng.gamma(0.7, 4.0, n),
            "albedo": rng.uniform(0.75, 0.9, n) if winter else rng.uniform(0.4, 0.8, n),
        }
    )
    energy = (
        0.9 * frame["air_c"].clip(lower=0)
        + 0.8 * frame["sun_hours"] * (1 - frame["albedo"])
        + 0.15 * frame["rain_mm"]
        + 0.2 * frame["wind_ms"]
    )
    frame["melt_cm"] = energy.clip(lower=0) + rng.normal(0, 0.2, n)
    return frame


def prepare(frame):
    weather = frame[COLUMNS]
    x = (weather - weather.mean()) / weather.std()
    return (
        tf.constant(x.to_numpy(), tf.float32),
        tf.constant(frame[["melt_cm"]].to_numpy(), tf.float32),
    )


weather_in = keras.Input((len(COLUMNS),))
h = keras.layers.Dense(32, activation="tanh")(weather_in)
h = keras.layers.Dense(16, activation="tanh")(h)
melt = keras.layers.Add()([keras.layers.Dense(1)(weather_in), keras.layers.Dense(1)(h)])
network = keras.Model(weather_in, melt)
optimizer = keras.optimizers.Adam(0.01)
optimizer.build(network.trainable_variables)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(network(x, training=True) - y))
    gradients = tape.gradient(loss, network.trainable_variables)
    optimizer.apply_gradients(zip(gradients, network.trainable_variables))
    return loss


def rmse(x, y):
    return float(tf.sqrt(tf.reduce_mean(tf.square(network(x) - y))))


x, y = prepare(campaign(640, winter=False, seed=3))
batches = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(640, seed=3).batch(32)
for epoch in range(20):
    losses = [float(train_step(xb, yb)) for xb, yb in batches]
    if epoch % 4 == 3:
        print(f"epoch {epoch + 1:2d}  loss {np.mean(losses):.4f}")

print(f"summer, trained on:  rmse {rmse(x, y):.3f} cm")
print(f"summer, other year:  rmse {rmse(*prepare(campaign(200, winter=False, seed=4))):.3f} cm")
print(f"winter:              rmse {rmse(*prepare(campaign(200, winter=True, seed=5))):.3f} cm")
